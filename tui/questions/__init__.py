"""Questions put to whygate off the event loop, and what can be typed to ask them."""
