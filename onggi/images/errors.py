"""Why an image could not be built, imported or listed."""


class ImageError(Exception):
    """The text says what happened, where in the description, and what to do."""
