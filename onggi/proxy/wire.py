"""Answers as DNS messages, and messages as bytes; dnspython does the encoding. No I/O.

Repeated questions are answered from memory without being parsed: two queries that differ
only in their id have the same answer, until the cluster changes.
"""

import random
from collections.abc import Sequence

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from onggi.proxy.names import Answer, Record, Zone

LARGEST = 1232  # bytes of an answer over UDP that no network fragments (DNS flag day 2020)
SMALLEST = 512
VARIANTS = 8  # encodings kept of an answer with several records, each in another order
KEPT = 10_000  # questions


def read(data: bytes) -> dns.message.QueryMessage | None:
    """A query with one question; None for what deserves no answer at all."""
    try:
        query = dns.message.from_wire(data, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        return None
    if not isinstance(query, dns.message.QueryMessage) or query.flags & dns.flags.QR:
        return None
    return query if len(query.question) == 1 else None


def malformed(data: bytes) -> bytes:
    """FORMERR with the id of something that has at least a header and is no answer."""
    if len(data) < 12 or data[2] & 0x80:
        return b""
    return data[:2] + bytes((0x80 | (data[2] & 0x79), 0x81)) + bytes(8)


def blank(query: dns.message.QueryMessage) -> dns.message.Message:
    """An answer to the query with nothing in it yet."""
    return dns.message.make_response(query, recursion_available=True, our_payload=LARGEST)


def response(query: dns.message.QueryMessage, answer: Answer, zone: Zone) -> dns.message.Message:
    """An authoritative answer, with the SOA where there is no record."""
    made = blank(query)
    made.flags |= dns.flags.AA
    records = list(answer.records)
    random.shuffle(records)
    name = query.question[0].name.to_text()
    made.answer += rrsets(records, zone.ttl, spelled=name)
    if not answer.exists:
        made.set_rcode(dns.rcode.NXDOMAIN)
    if not records:
        made.authority.append(soa(zone))
    else:
        made.additional += rrsets(answer.additional, zone.ttl)
    return made


def soa(zone: Zone) -> dns.rrset.RRset:
    """The serial is constant: nobody transfers this zone. The last figure bounds how long
    clients remember that a name is not there."""
    text = f"ns.dns.{zone.domain}. hostmaster.{zone.domain}. 1 7200 1800 86400 {zone.ttl}"
    return dns.rrset.from_text(f"{zone.domain}.", zone.ttl, "IN", "SOA", text)


def rrsets(records: Sequence[Record], ttl: int, spelled: str = "") -> list[dns.rrset.RRset]:
    """``spelled`` is the asked name as the client wrote it, with its upper case letters."""
    groups: dict[tuple[str, str], list[str]] = {}
    for record in records:
        groups.setdefault((record.name, record.type), []).append(record.data)
    return [
        dns.rrset.from_text(
            spelled if spelled.lower() == f"{name}." else f"{name}.", ttl, "IN", type, *data
        )
        for (name, type), data in groups.items()
    ]


def failure(query: dns.message.QueryMessage, code: dns.rcode.Rcode) -> dns.message.Message:
    made = blank(query)
    made.set_rcode(code)
    return made


def encode(query: dns.message.QueryMessage, answer: dns.message.Message, *, tcp: bool) -> bytes:
    """What does not fit is cut, with the TC flag, so that the client comes back over TCP."""
    size = 65535 if tcp else limit(query)
    try:
        return answer.to_wire(max_size=size)
    except dns.exception.TooBig:
        cut = blank(query)
        cut.flags |= (answer.flags & dns.flags.AA) | dns.flags.TC
        cut.set_rcode(answer.rcode())
        return cut.to_wire()


def limit(query: dns.message.QueryMessage) -> int:
    return max(SMALLEST, min(query.payload, LARGEST)) if query.edns >= 0 else SMALLEST


class Memory:
    """Encoded answers by question. ``clear`` it whenever the cluster changes."""

    def __init__(self) -> None:
        self._answers: dict[bytes, list[bytes]] = {}

    def recall(self, data: bytes) -> bytes | None:
        """The answer to these bytes; of several variants another one each time."""
        variants = self._answers.get(data[2:])
        if variants is None:
            return None
        if len(variants) > 1:
            variants.append(variants.pop(0))
        return data[:2] + variants[0]

    def keep(self, data: bytes, variants: Sequence[bytes]) -> None:
        if len(self._answers) >= KEPT:
            self._answers.clear()
        self._answers[data[2:]] = [variant[2:] for variant in variants]

    def clear(self) -> None:
        self._answers.clear()
