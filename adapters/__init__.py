"""Where account data comes from: an adapter for each kind of source, and the registry that picks one. Nothing here evaluates a policy."""
