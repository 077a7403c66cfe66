"""The configuration of an image: what runs in it, as whom, with which environment. Pure.

Source: https://github.com/opencontainers/image-spec/blob/main/config.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from onggi.images.accounts import Accounts
from onggi.images.layer import Layer
from onggi.images.layout import Layout
from onggi.images.spec import Spec
from onggi.images.steps import PATH

ARCHITECTURES = {
    "amd64": ("amd64", ""),
    "arm64": ("arm64", "v8"),
    "armhf": ("arm", "v7"),
    "i386": ("386", ""),
    "ppc64el": ("ppc64le", ""),
    "riscv64": ("riscv64", ""),
    "s390x": ("s390x", ""),
}


@dataclass(frozen=True)
class Image:
    """An image to build upon. ``architecture`` is Debian's name."""

    layers: tuple[Layer, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()
    architecture: str = "amd64"

    @staticmethod
    def read(layout: Layout, descriptor: Mapping[str, Any]) -> "Image":
        manifest = layout.read(descriptor["digest"])
        config = layout.read(manifest["config"]["digest"])
        layers = (
            Layer(found["digest"], diff_id, found["size"])
            for found, diff_id in zip(manifest["layers"], config["rootfs"]["diff_ids"], strict=True)
        )
        history = tuple(config.get("history") or ())
        return Image(tuple(layers), config.get("config") or {}, history)


def configuration(
    spec: Spec, base: Image, diff_ids: Sequence[str], created: str, known: Accounts
) -> dict[str, Any]:
    """Raises KeyError for a user that is not in the image."""
    architecture, variant = ARCHITECTURES.get(base.architecture, (base.architecture, ""))
    whole: dict[str, Any] = {
        "created": created,
        "architecture": architecture,
        "os": "linux",
        "config": _running(spec, base.config, known),
        "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
        "history": [*base.history, *_history(spec, len(diff_ids) - len(base.layers), created)],
    }
    if variant:
        whole["variant"] = variant
    return whole


def _running(spec: Spec, base: Mapping[str, Any], known: Accounts) -> dict[str, Any]:
    user = ":".join(map(str, known.numbers(spec.user))) if spec.user else base.get("User", "")
    given = {
        "User": user,  # a number: Kubernetes cannot tell whether a name is root's
        "WorkingDir": spec.workdir,
        "Entrypoint": list(spec.entrypoint),
        "Cmd": list(spec.cmd),
        "StopSignal": spec.stop_signal,
        "Env": environment(base.get("Env") or (), spec.env),
        "Labels": {**(base.get("Labels") or {}), **spec.labels},
        "ExposedPorts": {**(base.get("ExposedPorts") or {}), **{p: {} for p in spec.ports}},
        "Volumes": {**(base.get("Volumes") or {}), **{v: {} for v in spec.volumes}},
    }
    if spec.entrypoint and not spec.cmd:
        base = {key: value for key, value in base.items() if key != "Cmd"}
    return {**base, **{key: value for key, value in given.items() if value}}


def environment(base: Sequence[str], own: Mapping[str, str]) -> list[str]:
    """``NAME=value`` each; PATH is there in any case."""
    inherited = dict(entry.partition("=")[::2] for entry in base)
    return [f"{name}={value}" for name, value in {"PATH": PATH, **inherited, **own}.items()]


def _history(spec: Spec, layers: int, created: str) -> list[dict[str, Any]]:
    names = ["packages", "files"] if spec.packages else ["files"]
    return [{"created": created, "created_by": f"onggi: {name}"} for name in names[:layers]]
