"""A containerd of the tests' own, below a temporary folder, with one small image."""

import asyncio
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from contextlib import suppress
from pathlib import Path

from onggi.node.cri import CriRuntime
from onggi.node.runtime import RuntimeUnavailable

IMAGE = "localhost/box:1"
BRIDGE = "onggitest0"
BUSYBOX = "/usr/bin/busybox"
APPLETS = [
    "sh",
    "sleep",
    "true",
    "false",
    "echo",
    "cat",
    "ls",
    "wget",
    "nc",
    "httpd",
    "kill",
    "touch",
    "rm",
    "id",
    "env",
]
CONFIG = """
version = 2
root = "{base}/root"
state = "{base}/state"
oom_score = 0
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.opt",
]
[grpc]
  address = "{base}/containerd.sock"
[ttrpc]
  address = "{base}/containerd.sock.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/box:1"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  restrict_oom_score_adj = true
  disable_apparmor = true
  tolerate_missing_hugetlb_controller = true
  disable_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      BinaryName = "/usr/sbin/runc"
      Root = "{base}/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{base}/cni"
"""
NETWORK = {
    "cniVersion": "0.4.0",
    "name": "onggitest",
    "plugins": [
        {
            "type": "bridge",
            "bridge": BRIDGE,
            "isGateway": True,
            "ipMasq": False,
            "hairpinMode": True,
            "ipam": {
                "type": "host-local",
                "ranges": [[{"subnet": "10.213.0.0/22"}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        }
    ],
}


def is_possible() -> bool:
    programs = ("containerd", "ctr", "runc", BUSYBOX)
    return os.geteuid() == 0 and all(shutil.which(p) for p in programs)


def layer() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for folder in ("bin", "etc", "tmp", "dev", "proc", "sys"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        program = tarfile.TarInfo("bin/busybox")
        program.size, program.mode = Path(BUSYBOX).stat().st_size, 0o755
        with open(BUSYBOX, "rb") as file:
            tar.addfile(program, file)
        for applet in APPLETS:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    return out.getvalue()


def image_archive(name: str) -> bytes:
    blobs: dict[str, bytes] = {}

    def blob(kind: str, data: bytes) -> dict:
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        media = f"application/vnd.oci.image.{kind}"
        return {"mediaType": media, "digest": f"sha256:{digest}", "size": len(data)}

    top = blob("layer.v1.tar", layer())
    config = blob(
        "config.v1+json",
        json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Env": ["PATH=/bin"], "Entrypoint": ["/bin/sleep", "infinity"]},
                "rootfs": {"type": "layers", "diff_ids": [top["digest"]]},
            }
        ).encode(),
    )
    manifest = blob(
        "manifest.v1+json",
        json.dumps({"schemaVersion": 2, "config": config, "layers": [top]}).encode(),
    )
    manifest["annotations"] = {"io.containerd.image.name": name}
    index = json.dumps({"schemaVersion": 2, "manifests": [manifest]}).encode()
    files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": index}
    files |= {f"blobs/sha256/{digest}": data for digest, data in blobs.items()}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, data in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


class RealContainerd:
    """Start it, use ``socket``, and ``stop`` leaves nothing behind."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.socket = str(base / "containerd.sock")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.base / "cni").mkdir(exist_ok=True)
        network = json.loads(json.dumps(NETWORK))
        network["plugins"][0]["ipam"]["dataDir"] = str(self.base / "ipam")
        (self.base / "cni" / "10-test.conflist").write_text(json.dumps(network))
        (self.base / "config.toml").write_text(CONFIG.format(base=self.base))
        self._spawn()
        archive = self.base / "image.tar"
        archive.write_bytes(image_archive(IMAGE))
        subprocess.run([*self.ctr(), "images", "import", str(archive)], check=True, stdout=-3)

    def _spawn(self) -> None:
        with open(self.base / "log", "ab") as log:
            self._process = subprocess.Popen(
                ["containerd", "--config", str(self.base / "config.toml")],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        asyncio.run(self._ready())

    async def _ready(self) -> None:
        async with asyncio.timeout(20):
            while True:
                runtime = CriRuntime(self.socket)
                try:
                    if not (await runtime.status()).not_ready:
                        return
                except RuntimeUnavailable:
                    pass
                finally:
                    await runtime.close()
                await asyncio.sleep(0.05)

    def ctr(self) -> list[str]:
        return ["ctr", "--address", self.socket, "--namespace", "k8s.io"]

    def kill(self) -> None:
        """As a crash: what runs in it goes on."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        self.kill()
        self._spawn()

    def clear(self) -> None:
        """No sandbox, no container."""
        asyncio.run(self._clear())

    async def _clear(self) -> None:
        runtime = CriRuntime(self.socket)
        for sandbox in await runtime.sandboxes():
            await runtime.stop_sandbox(sandbox.id)
            await runtime.remove_sandbox(sandbox.id)
        await runtime.close()

    def stop(self) -> None:
        self.clear()
        self.kill()
        with suppress(subprocess.CalledProcessError):
            subprocess.run(["ip", "link", "delete", BRIDGE], check=True, stderr=-3)
