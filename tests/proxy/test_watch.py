import struct

from onggi.proxy.watch import NFT_MSG_DELTABLE, types


def message(type, payload=b""):
    return struct.pack("=IHHII", 16 + len(payload), type, 0, 0, 0) + payload


def test_each_message_of_a_datagram_has_its_type():
    padded = message(7, b"abc") + b"\0"  # messages start at multiples of four
    assert list(types(padded + message(NFT_MSG_DELTABLE))) == [7, NFT_MSG_DELTABLE]


def test_nonsense_ends_quietly():
    assert list(types(b"\0" * 16)) == [0]
    assert list(types(b"abc")) == []
