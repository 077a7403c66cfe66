"""How a command says that it cannot go on."""


class Failure(Exception):
    """A command cannot go on. The text says what, why, and what to do."""
