"""What a person sees: the explorer, and the one-shot commands beside it. It never decides whether something is allowed.

Nothing is imported here: `whygate can` must not load Textual.
"""
