from onggi.platform.mesh.translate import clusters
from onggi.platform.mesh.translate.resources import Backend
from tests.platform.mesh.objects import filled, piece, service

WEB = Backend("default", "web", 80, "http")


def addresses(assignment):
    return [
        e["endpoint"]["address"]["socket_address"]["address"]
        for group in assignment["endpoints"]
        for e in group["lb_endpoints"]
    ]


def test_ready_endpoints_get_requests_and_leaving_ones_only_if_there_is_no_other():
    leaving = piece("web", ("10.0.0.2", 8080), ready=False, serving=True, terminating=True)
    leaving["metadata"]["name"] = "web-2"
    world = filled(piece("web", ("10.0.0.1", 8080)), leaving)
    assert addresses(clusters.endpoints(world, WEB)) == ["10.0.0.1"]
    assert addresses(clusters.endpoints(filled(leaving), WEB)) == ["10.0.0.2"]
    assert clusters.endpoints(filled(), WEB)["endpoints"] == []


def test_backends_are_found_by_number_and_by_name():
    world = filled(service())
    for port in ({"number": 80}, {"name": "http"}):
        assert clusters.find(world, "default", {"name": "web", "port": port}) == WEB


def test_what_is_missing_is_said():
    world = filled(service())
    assert clusters.find(world, "default", {"name": "no", "port": {"number": 80}}) == (
        'service "default/no" not found'
    )
    assert clusters.find(world, "default", {"name": "web", "port": {"name": "x"}}) == (
        'service "default/web" has no port x'
    )


def test_external_names_are_looked_up_and_protocols_spoken():
    far = service(type="ExternalName", externalName="example.com")
    made = clusters.cluster(WEB, far)
    assert made["type"] == "STRICT_DNS"
    assert addresses(made["load_assignment"]) == ["example.com"]
    grpc = service(ports=[{"name": "http", "port": 80, "appProtocol": "kubernetes.io/h2c"}])
    assert "http2_protocol_options" in str(clusters.cluster(WEB, grpc))
    secure = service(ports=[{"name": "http", "port": 80, "appProtocol": "https"}])
    assert "transport_socket" in clusters.cluster(WEB, secure)


def test_client_affinity_hashes():
    assert clusters.cluster(WEB, service(sessionAffinity="ClientIP"))["lb_policy"] == "MAGLEV"
