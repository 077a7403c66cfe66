"""The paths that are about no resource, and who answers them."""

from collections.abc import Mapping

from onggi.api.http import Request, Response, User
from onggi.api.objects import Object
from onggi.apiserver import schemas
from onggi.apiserver.app import Page
from onggi.apiserver.config import ApiConfig
from onggi.apiserver.discovery import Discovery
from onggi.apiserver.health import NAMES, Health
from onggi.apiserver.metrics import Metrics
from onggi.apiserver.registry import Registry


def pages(
    config: ApiConfig, discovery: Discovery, health: Health, metrics: Metrics
) -> dict[str, Page]:
    """By path; one that ends in a slash stands for all that is below it."""
    below: dict[str, Page] = {"/api": discovery.page, "/apis": discovery.page}
    below |= {f"/{name}": health.page for name in NAMES}
    return {
        "/metrics": metrics.page,
        "/version": fixed(version(config)),
        **dict.fromkeys(health.paths, health.page),
        **below,
        **{f"{path}/": page for path, page in below.items()},
    }


def index(found: Mapping[str, Page], registry: Registry) -> Page:
    """``/``: the paths there are."""

    async def page(request: Request, user: User) -> Response:
        served = {f"/apis/{kind.group}" for kind in registry.kinds if kind.group}
        served |= {f"/apis/{kind.api_version}" for kind in registry.kinds if kind.group}
        fixed_ones = {path for path in found if not path.endswith("/")}
        return Response(body={"paths": sorted(served | fixed_ones | {"/api/v1"})})

    return page


def fixed(body: Object) -> Page:
    async def page(request: Request, user: User) -> Response:
        return Response(body=body)

    return page


def version(config: ApiConfig) -> Object:
    """``config.version`` is ``v1.37.0+onggi``."""
    major, minor, *_ = config.version.removeprefix("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": config.version,
        "gitCommit": schemas.commit(),
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "cpython",
        "platform": "linux/amd64",
    }
