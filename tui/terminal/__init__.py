"""The terminal that the explorer is on: what it can show, what goes to it, and what it sends. Nothing of an account is known here."""
