"""The places of the explorer, a file each. There is one of each kind, made when it is first needed."""
