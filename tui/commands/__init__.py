"""The one-shot commands: a module each. None of them imports Textual or boto3."""
