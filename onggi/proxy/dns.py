"""The cluster's DNS server, on the host, over UDP and TCP.

Answers about the cluster come from the caches (``names`` decides, ``wire`` encodes) and are
remembered as bytes; anything else is asked of the host's resolvers (``upstream``). It listens
on the cluster's DNS address itself, which is put on the loopback device: packets from pods
and from the host arrive without any translation, so no connection tracking is spent on them.
"""

import asyncio
import contextlib
import logging
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.controller.cache import Caches
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.proxy.host import local_address
from onggi.proxy.names import Answer, Reverse, Zone, resolve
from onggi.proxy.upstream import Failed, Question, Upstream
from onggi.proxy.wire import (
    VARIANTS,
    Memory,
    blank,
    encode,
    failure,
    malformed,
    read,
    response,
    rrsets,
)

log = logging.getLogger(__name__)

READS = (SERVICE, ENDPOINTSLICE, NAMESPACE)  # the caches must hold the first two in full
IDLE = 10.0  # seconds after which a silent TCP connection is closed
CONNECTIONS = 200
UNDER_WAY = 1000  # questions that wait for an upstream
LONGEST_CHAIN = 8  # of ExternalName Services that point at each other

Address = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class DnsConfig:
    """``own_address``: put ``zone.address`` on ``lo`` while running, under the name ``label``;
    off for tests."""

    zone: Zone = field(default_factory=Zone)
    port: int = 53
    own_address: bool = True
    label: str = "lo"
    resolv_conf: Path = Path("/etc/resolv.conf")


class ClusterDns:
    """``run`` in a TaskGroup, once the caches are in sync."""

    def __init__(self, caches: Caches, config: DnsConfig) -> None:
        self.listening = asyncio.Event()
        self.port = config.port  # the real one, where 0 was asked for
        self._caches = caches
        self._config = config
        self._zone = config.zone
        self._reverse = Reverse(config.zone)
        self._memory = Memory()
        self._upstream = Upstream(config.resolv_conf, (config.zone.address,))
        self._connections = 0

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        self._caches.listen(self._changed, READS)
        for kind in (SERVICE, ENDPOINTSLICE):
            for obj in self._caches.all(kind):
                self._changed(kind, None, obj)
        async with contextlib.AsyncExitStack() as stack:
            if self._config.own_address:
                own = local_address(self._zone.address, self._config.label)
                await stack.enter_async_context(own)
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            await self._listen(stack, tasks)
            self.listening.set()
            await asyncio.Event().wait()

    async def _listen(self, stack: contextlib.AsyncExitStack, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._serve, self._zone.address, self._config.port)
        stack.push_async_callback(server.wait_closed)
        stack.callback(server.close)
        self.port = server.sockets[0].getsockname()[1]
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Datagrams(self, tasks), local_addr=(self._zone.address, self.port)
        )
        stack.callback(transport.close)

    def recall(self, data: bytes) -> bytes | None:
        """What was answered to the same question before, if it still holds."""
        return self._memory.recall(data)

    def at_once(self, data: bytes, *, tcp: bool) -> bytes | Awaitable[bytes]:
        """The answer, or where others must be asked, something to wait for."""
        query = read(data)
        if query is None:
            return malformed(data)
        question = query.question[0]
        if query.opcode() != 0 or question.rdclass != dns.rdataclass.IN:
            return encode(query, failure(query, dns.rcode.NOTIMP), tcp=tcp)
        name = question.name.to_text(omit_final_dot=True).lower()
        answer = self._resolve(name, dns.rdatatype.to_text(question.rdtype))
        if answer is None:
            return self._forward(query, tcp=tcp)
        if answer.alias:
            return self._follow(query, answer.alias, tcp=tcp)
        several = VARIANTS if len(answer.records) > 1 else 1
        variants = [
            encode(query, response(query, answer, self._zone), tcp=tcp) for _ in range(several)
        ]
        if not tcp:
            self._memory.keep(data, variants)
        return variants[0]

    def _resolve(self, name: str, type: str) -> Answer | None:
        answer = resolve(self._caches, self._zone, name, type)
        return self._reverse.answer(name, type) if answer is None else answer

    async def _forward(self, query: dns.message.QueryMessage, *, tcp: bool) -> bytes:
        question = query.question[0]
        try:
            found = await self._upstream.ask(Question(question.name, question.rdtype))
        except Failed:
            return encode(query, failure(query, dns.rcode.SERVFAIL), tcp=tcp)
        made = blank(query)
        made.set_rcode(found.rcode())
        made.answer, made.authority = found.answer, found.authority
        return encode(query, made, tcp=tcp)

    async def _follow(self, query: dns.message.QueryMessage, alias: str, *, tcp: bool) -> bytes:
        """An ExternalName: the alias, and what it leads to."""
        made = blank(query)
        made.flags |= dns.flags.AA
        name = query.question[0].name.to_text()
        type = dns.rdatatype.to_text(query.question[0].rdtype)
        made.answer += cname(name, alias, self._zone)
        for _ in range(LONGEST_CHAIN):
            answer = self._resolve(alias, type) if type != "CNAME" else Answer()
            if answer is None:
                await self._complete(made, alias, query)
                break
            if not answer.alias:
                made.answer += rrsets(answer.records, self._zone.ttl)
                break
            made.answer += cname(f"{alias}.", answer.alias, self._zone)
            alias = answer.alias
        return encode(query, made, tcp=tcp)

    async def _complete(
        self, made: dns.message.Message, alias: str, query: dns.message.QueryMessage
    ) -> None:
        question = Question(dns.name.from_text(alias), query.question[0].rdtype)
        try:
            found = await self._upstream.ask(question)
        except Failed:
            made.set_rcode(dns.rcode.SERVFAIL)
            return
        made.set_rcode(found.rcode())
        made.answer += found.answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One TCP connection: any number of questions, one after the other."""
        self._connections += 1
        try:
            while self._connections <= CONNECTIONS:
                async with asyncio.timeout(IDLE):
                    (size,) = struct.unpack("!H", await reader.readexactly(2))
                    data = await reader.readexactly(size)
                answer = self.at_once(data, tcp=True)
                reply = answer if isinstance(answer, bytes) else await answer
                if not reply:
                    break
                writer.write(struct.pack("!H", len(reply)) + reply)
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, or had no more to ask
        finally:
            self._connections -= 1
            writer.close()

    def _changed(self, kind: Kind, before: View | None, after: View | None) -> None:
        changed = after or before
        if kind not in READS or changed is None:
            return
        meta = changed["metadata"]
        if kind is SERVICE:
            self._reverse.put_service(meta["namespace"], meta["name"], after)
        elif kind is ENDPOINTSLICE:
            self._reverse.put_slice(meta["namespace"], meta["name"], after)
        self._memory.clear()


def cname(name: str, alias: str, zone: Zone) -> list[dns.rrset.RRset]:
    return [dns.rrset.from_text(name, zone.ttl, "IN", "CNAME", f"{alias}.")]


class Datagrams(asyncio.DatagramProtocol):
    """UDP: most questions are answered in the call that brings them."""

    def __init__(self, server: ClusterDns, tasks: asyncio.TaskGroup) -> None:
        self._server = server
        self._tasks = tasks
        self._under_way = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, peer: Address) -> None:
        known = self._server.recall(data)
        if known is not None:
            self._transport.sendto(known, peer)
            return
        answer = self._server.at_once(data, tcp=False)
        if not isinstance(answer, bytes):
            self._later(answer, peer)
        elif answer:
            self._transport.sendto(answer, peer)

    def error_received(self, error: Exception) -> None:
        """A client that went away before its answer: nothing to do about it."""

    def _later(self, answer: Awaitable[bytes], peer: Address) -> None:
        if self._under_way >= UNDER_WAY:
            cast(Callable[[], None], answer.close)()  # type: ignore[attr-defined]
            return
        self._under_way += 1
        self._tasks.create_task(self._send(answer, peer))

    async def _send(self, answer: Awaitable[bytes], peer: Address) -> None:
        try:
            self._transport.sendto(await answer, peer)
        finally:
            self._under_way -= 1
