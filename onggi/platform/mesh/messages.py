"""Resources as bytes: dicts in, protobuf out.

Importing Envoy's message types takes half a second of CPU and some memory: only what is used
is imported here, and only who runs an Envoy imports this.
"""

from envoy.config.cluster.v3 import cluster_pb2
from envoy.config.endpoint.v3 import endpoint_pb2
from envoy.config.listener.v3 import listener_pb2
from envoy.config.route.v3 import route_pb2

# Types that appear as ``@type`` inside of others must be known to the parser.
from envoy.extensions.filters.http.router.v3 import router_pb2  # noqa: F401
from envoy.extensions.filters.listener.tls_inspector.v3 import tls_inspector_pb2  # noqa: F401
from envoy.extensions.filters.network.http_connection_manager.v3 import (
    http_connection_manager_pb2,  # noqa: F401
)
from envoy.extensions.retry.host.previous_hosts.v3 import previous_hosts_pb2  # noqa: F401
from envoy.extensions.transport_sockets.tls.v3 import secret_pb2, tls_pb2  # noqa: F401
from envoy.extensions.upstreams.http.v3 import http_protocol_options_pb2  # noqa: F401
from google.protobuf.json_format import ParseDict

from onggi.api.objects import View
from onggi.platform.mesh.translate.resources import CLUSTER, ENDPOINTS, LISTENER, ROUTES, SECRET

MESSAGES = {
    CLUSTER: cluster_pb2.Cluster,
    ENDPOINTS: endpoint_pb2.ClusterLoadAssignment,
    LISTENER: listener_pb2.Listener,
    ROUTES: route_pb2.RouteConfiguration,
    SECRET: secret_pb2.Secret,
}


def encode(type: str, resource: View) -> bytes:
    """Raises google.protobuf.json_format.ParseError where the dict is no such message."""
    message = ParseDict(dict(resource), MESSAGES[type]())
    encoded: bytes = message.SerializeToString(deterministic=True)
    return encoded
