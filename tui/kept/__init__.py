"""What a user keeps between two runs: the configuration, bookmarks, history, last places."""
