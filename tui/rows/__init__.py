"""What a place shows, as rows and pieces of text: made from a snapshot or an explanation, and not yet drawn."""
