"""A host, its pods and the outside world in network namespaces of their own.

outside 192.0.2.2 ── 192.0.2.1 host 10.244.0.1 ═ bridge ═ 10.244.0.2, .3, … pods
"""

import ctypes
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
HOST, OUTSIDE = "192.0.2.1", "192.0.2.2"

SERVER = """
import asyncio, sys
name, port = sys.argv[1], int(sys.argv[2])
class Udp(asyncio.DatagramProtocol):
    def connection_made(self, transport): self.transport = transport
    def datagram_received(self, data, peer):
        self.transport.sendto(f"{name} {peer[0]}".encode(), peer)
async def tcp(reader, writer):
    writer.write(f"{name} {writer.get_extra_info('peername')[0]}".encode())
    writer.close()
async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Udp, local_addr=("0.0.0.0", port))
    server = await asyncio.start_server(tcp, "0.0.0.0", port)
    print("up", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
CLIENT = """
import json, socket, sys
kind, address, port, times, source_port = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
answers = []
for _ in range(times):
    type = socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM
    s = socket.socket(socket.AF_INET, type)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.settimeout(0.7)
    try:
        if source_port: s.bind(("", source_port))
        s.connect((address, port))
        if kind == "udp": s.send(b"x")
        answers.append(s.recv(100).decode().split())
    except ConnectionRefusedError: answers.append("refused")
    except TimeoutError: answers.append("timeout")
    except OSError as error: answers.append(str(error))
    s.close()
print(json.dumps(answers))
"""


def sh(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


class Network:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.pods: list[str] = []
        self.servers: list[subprocess.Popen[str]] = []

    def name(self, space: str) -> str:
        return f"{self.prefix}{space}"

    def add(self, space: str) -> None:
        sh("ip", "netns", "add", self.name(space))
        self.run(space, "ip", "link", "set", "lo", "up")

    def run(self, space: str, *command: str) -> str:
        return sh("ip", "netns", "exec", self.name(space), *command)

    def cable(self, one: str, address: str, other: str, device: str) -> None:
        """veth: ``device`` in ``one``, eth0 with ``address`` in ``other``."""
        peer = ["peer", "name", "eth0", "netns", self.name(other)]
        self.run(one, "ip", "link", "add", device, "type", "veth", *peer)
        self.run(one, "ip", "link", "set", device, "up")
        self.run(other, "ip", "address", "add", address, "dev", "eth0")
        self.run(other, "ip", "link", "set", "eth0", "up")

    def build(self) -> None:
        self.add("host")
        for command in (
            "ip link add br0 type bridge",
            "ip address add 10.244.0.1/24 dev br0",
            "ip link set br0 up",
        ):
            self.run("host", *command.split())
        self.add("outside")
        self.cable("host", f"{OUTSIDE}/24", "outside", "out0")
        self.run("host", "ip", "address", "add", f"{HOST}/24", "dev", "out0")
        # away from the outside: a route back to the sender would make redirects, not refusals
        self.run("host", "ip", "link", "add", "void", "type", "bridge")
        self.run("host", "ip", "link", "set", "void", "up")
        self.run("host", "ip", "route", "add", "default", "dev", "void")
        self.run("outside", "ip", "route", "add", "10.96.0.0/16", "via", HOST)

    def pod(self, number: int, port: int = 8080) -> str:
        """Answers on TCP and UDP with its address and the client's."""
        address, space = f"10.244.0.{number}", f"pod{number}"
        self.add(space)
        self.cable("host", f"{address}/24", space, f"v{number}")
        self.run("host", "ip", "link", "set", f"v{number}", "master", "br0")
        self.run("host", "bridge", "link", "set", "dev", f"v{number}", "hairpin", "on")
        self.run(space, "ip", "route", "add", "default", "via", "10.244.0.1")
        self.pods.append(space)
        self.serve(space, address, port)
        return address

    def serve(self, space: str, name: str, port: int) -> None:
        command = ["ip", "netns", "exec", self.name(space), sys.executable, "-c", SERVER]
        server = subprocess.Popen([*command, name, str(port)], stdout=subprocess.PIPE, text=True)
        self.servers.append(server)
        assert server.stdout
        assert server.stdout.readline() == "up\n"

    def ask(
        self,
        space: str,
        address: str,
        port: int,
        kind: str = "tcp",
        times: int = 1,
        source: int = 0,
    ) -> list[Any]:
        """[[who answered, from whom it came], …] or "refused", "timeout"."""
        words = [sys.executable, "-c", CLIENT, kind, address, str(port), str(times), str(source)]
        answers: list[Any] = json.loads(self.run(space, *words))
        return answers

    def inside(self, space: str, work: Callable[[], Any]) -> Any:
        """Call in a thread that is in the namespace."""
        result: list[Any] = []

        def enter() -> None:
            fd = os.open(Path("/run/netns") / self.name(space), os.O_RDONLY)
            assert LIBC.setns(fd, CLONE_NEWNET) == 0
            os.close(fd)
            result.append(work())

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        return result[0]

    def destroy(self) -> None:
        for server in self.servers:
            server.kill()
            server.communicate()
        for space in ("host", "outside", *self.pods):
            subprocess.run(["ip", "netns", "delete", self.name(space)], check=False)


@contextmanager
def network(prefix: str) -> Iterator[Network]:
    made = Network(prefix)
    try:
        made.build()
        yield made
    finally:
        made.destroy()
