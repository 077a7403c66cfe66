"""The gRPC health protocol: one Check. Words are upstream's (``pkg/probe/grpc/grpc.go``)."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import grpc

from onggi.node.wire import Field, Kind, described

CHECK = "/grpc.health.v1.Health/Check"
SERVING = 1
NAMES = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}
MESSAGES = {
    "HealthCheckRequest": [Field("service", 1)],
    "HealthCheckResponse": [Field("status", 1, Kind.TYPE_INT32)],
}


@cache
def messages() -> Mapping[str, Any]:
    return described("onggi.grpc_health", MESSAGES)


async def check(address: str, service: str, timeout: float) -> tuple[bool, str]:
    """Is the service at ``host:port`` well, and if not, what is wrong?"""
    options = (("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1))
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        call: Any = channel.unary_unary(CHECK)
        request = messages()["HealthCheckRequest"](service=service).SerializeToString()
        metadata = (("user-agent", "kube-probe/1.37"),)
        try:
            reply = await call(request, timeout=timeout, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return False, failure(error, address, timeout)
    status = messages()["HealthCheckResponse"].FromString(reply).status
    if status == SERVING:
        return True, ""
    return False, f'service unhealthy (responded with "{NAMES.get(status, status)}")'


def failure(error: grpc.aio.AioRpcError, address: str, timeout: float) -> str:
    match error.code():
        case grpc.StatusCode.UNIMPLEMENTED:
            return (
                "error: this server does not implement the grpc health protocol "
                f"(grpc.health.v1.Health): {error.details()}"
            )
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return f"timeout: health rpc did not complete within {timeout:g}s"
        case grpc.StatusCode.UNAVAILABLE:
            return f'timeout: failed to connect service "{address}" within {timeout:g}s'
        case _:
            return f"error: health rpc probe failed: {error.details()}"
