"""Work off the event loop, and accounts that arrive by it."""
