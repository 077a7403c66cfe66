"""Numbers and lengths as protobuf writes them: seven bits a byte, the lowest first."""

from functools import cache

NUMBER, FIXED64, BYTES = 0, 1, 2  # wire types
SMALL = tuple(bytes([number]) for number in range(128))


def varint(number: int) -> bytes:
    """Negative numbers take ten bytes, in two's complement of 64 bits."""
    if 0 <= number < 128:
        return SMALL[number]
    number &= (1 << 64) - 1
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


@cache
def heads(number: int) -> tuple[bytes, ...]:
    """Tag and length of a short field, by its length: most fields are short."""
    start = tag(number, BYTES)
    return tuple(start + SMALL[length] for length in range(128))


def field(number: int, data: bytes) -> bytes:
    """A field of bytes: text, or a message."""
    size = len(data)
    if size < 128:
        return heads(number)[size] + data
    return b"%b%b%b" % (tag(number, BYTES), varint(size), data)
