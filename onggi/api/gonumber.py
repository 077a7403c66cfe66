"""Numbers as Go prints them."""


def verb_v_number(value: float) -> str:
    """``%v``: the shortest text that is this very number; an exponent from 1e+21 on."""
    if isinstance(value, int):
        return str(value)
    if value == 0 or 1e-4 <= abs(value) < 1e21:
        text = f"{value:.17f}" if value != value else repr(value)
        if "e" in text:
            text = f"{int(value)}" if value == int(value) else f"{value:.20f}".rstrip("0")
        return text.removesuffix(".0")
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
    number = int(exponent)
    return f"{mantissa.removesuffix('.0')}e{'-' if number < 0 else '+'}{abs(number):02d}"


def plain(value: float) -> int | float:
    """As JSON has it: ``2`` and not ``2.0``."""
    is_whole = isinstance(value, float) and value == value and abs(value) < 1e21
    return int(value) if is_whole and value == int(value) else value


def is_whole(value: float) -> bool:
    """Whether a float stands for an integer, nearly (``swag.IsFloat64AJSONInteger``)."""
    if value != value or abs(value) > 2**53 - 1:
        return False
    near = float(int(value))
    if value == near:
        return True
    return near != 0 and abs(value - near) / (abs(value) + abs(near)) < 1e-9
