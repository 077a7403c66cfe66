"""A file that an administrator named and that cannot be used: a start ends with its text."""


class Unusable(ValueError):
    """The text says which file, where in it, and why."""
