"""Names outside of the cluster: asked of the host's resolvers, remembered for a while.

Promises: never asks itself (own addresses are no upstream, and of equal questions only one
is under way, so that even a loop through another server ends after one timeout); a bounded
number of questions at a time; an answer, or Failed, after
``TIMEOUT`` times ``TRIES`` for each resolver at the latest.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

log = logging.getLogger(__name__)

TIMEOUT = 2.0  # seconds for one try of one resolver
TRIES = 2
LONGEST = 30  # seconds that an answer is kept, as kubeadm's CoreDNS does
NEGATIVE = 5
KEPT = 10_000
AT_ONCE = 200
PAYLOAD = 1232

Clock = Callable[[], float]


class Question(NamedTuple):
    name: dns.name.Name
    type: dns.rdatatype.RdataType


@dataclass(frozen=True)
class Kept:
    answer: dns.message.Message
    since: float
    until: float


class Failed(Exception):
    """No resolver answered."""


class Upstream:
    """``own`` are the addresses that this server listens on."""

    def __init__(self, resolv_conf: Path, own: Collection[str]) -> None:
        self._file = Resolvers(resolv_conf, own)
        self._kept: OrderedDict[Question, Kept] = OrderedDict()
        self._under_way: dict[Question, asyncio.Future[dns.message.Message]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def ask(self, question: Question) -> dns.message.Message:
        """An answer whose TTLs have aged while it was kept. Raises Failed."""
        now = asyncio.get_running_loop().time()
        kept = self._kept.get(question)
        if kept and kept.until > now:
            return aged(kept.answer, int(now - kept.since))
        waiting = self._under_way.get(question)
        if waiting is None:
            return await self._lead(question)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            if waiting.cancelled():  # whoever asked first went away
                raise Failed(question.name) from None
            raise

    async def _lead(self, question: Question) -> dns.message.Message:
        """Ask on behalf of everybody who wants to know."""
        loop = asyncio.get_running_loop()
        future = self._under_way[question] = loop.create_future()
        future.add_done_callback(lambda f: f.cancelled() or f.exception())
        try:
            answer = await self._fetch(question)
            future.set_result(answer)
        except Failed as error:
            future.set_exception(error)
            raise
        finally:
            future.cancel()
            del self._under_way[question]
        self._keep(question, answer, loop.time())
        return answer

    async def _fetch(self, question: Question) -> dns.message.Message:
        query = dns.message.make_query(*question, use_edns=0, payload=PAYLOAD)
        async with self._slots:
            for _ in range(TRIES):
                for address in self._file.read():
                    answer = await attempt(query, address)
                    if answer:
                        return answer
        raise Failed(question.name)

    def _keep(self, question: Question, answer: dns.message.Message, now: float) -> None:
        seconds = lifetime(answer)
        if seconds > 0:
            self._kept[question] = Kept(answer, now, now + seconds)
            self._kept.move_to_end(question)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)


async def attempt(query: dns.message.QueryMessage, address: str) -> dns.message.Message | None:
    """Over UDP, and over TCP if that was cut. None: no use."""
    try:
        answer, _ = await dns.asyncquery.udp_with_fallback(
            query, address, timeout=TIMEOUT, ignore_unexpected=True
        )
    except (OSError, EOFError, dns.exception.DNSException) as error:
        log.debug("resolver %s: %s", address, error)
        return None
    useless = (dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP)
    return None if answer.rcode() in useless else answer


def lifetime(answer: dns.message.Message) -> int:
    """Seconds that the answer holds; a negative one as long as its SOA says."""
    sections = answer.answer or answer.authority
    longest = LONGEST if answer.answer else NEGATIVE
    return min([longest, *(rrset.ttl for rrset in sections)]) if sections else 0


def aged(answer: dns.message.Message, seconds: int) -> dns.message.Message:
    """The same with smaller TTLs; the kept one stays as it was."""
    if not seconds:
        return answer
    old = dns.message.from_wire(answer.to_wire())
    for section in (old.answer, old.authority, old.additional):
        for rrset in section:
            rrset.ttl = max(0, rrset.ttl - seconds)
    return old


class Resolvers:
    """The nameservers of a resolv.conf, read again when the file changes."""

    def __init__(self, path: Path, own: Collection[str]) -> None:
        self._path = path
        self._own = frozenset(own)
        self._seen = 0
        self._found: Sequence[str] = ()

    def read(self) -> Sequence[str]:
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._seen:
                self._seen, self._found = changed, nameservers(self._path.read_text(), self._own)
        except OSError as error:
            log.warning("%s: %s", self._path, error)
        return self._found


def nameservers(text: str, own: Collection[str]) -> list[str]:
    """Addresses after ``nameserver``, without our own and without IPv6 scopes."""
    lines = (line.split() for line in text.splitlines())
    found = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return [a for a in dict.fromkeys(found) if a not in own and "%" not in a]
