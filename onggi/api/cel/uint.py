"""Unsigned integers: ``2u``. An ``int`` to Python, a type of its own to expressions."""


class Uint(int):
    """0 … 2⁶⁴-1; compared with ``type(x) is Uint`` wherever the type matters."""

    __slots__ = ()
