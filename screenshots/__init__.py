"""Pictures of the explorer over the demo account, and the command that makes them."""
