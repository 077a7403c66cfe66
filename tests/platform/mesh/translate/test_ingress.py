from onggi.platform.mesh.messages import encode
from onggi.platform.mesh.translate.ingress import translate
from onggi.platform.mesh.translate.listeners import Doors, Pair
from onggi.platform.mesh.translate.resources import CLUSTER, ENDPOINTS, LISTENER, ROUTES, SECRET
from tests.platform.mesh.objects import backend, filled, ingress, path, piece, rule, service
from tests.platform.mesh.translate.test_routes import serves

DOORS = Doors(http_port=8080, https_port=8443)


def made(*ingresses, world=None, certificates=None, fallback=None):
    world = world or filled(service(), piece("web", ("10.0.0.1", 8080)))
    return translate(world, ingresses, certificates or {}, DOORS, fallback)


def test_everything_is_what_envoy_calls_it():
    tls = [{"hosts": ["h"], "secretName": "tls"}]
    result = made(
        ingress("web", rule("h", path()), tls=tls, defaultBackend=backend()),
        certificates={("default", "tls"): Pair("CERT", "KEY")},
    )
    for type, named in result.resources.items():
        for resource in named.values():
            assert encode(type, resource)
    assert list(result.resources[CLUSTER]) == ["default/web/80"]
    assert list(result.resources[ENDPOINTS]) == ["default/web/80"]
    assert set(result.resources[LISTENER]) == {"http", "https"}
    assert list(result.resources[SECRET]) == ["default/tls"]
    assert not result.problems
    assert [b.cluster for b in result.backends["default", "web"]] == ["default/web/80"]


def test_without_any_ingress_the_door_is_open_and_answers_404():
    result = made()
    assert set(result.resources[LISTENER]) == {"http"}
    assert result.resources[ROUTES]["ingress"]["virtual_hosts"][0]["routes"] == []


def test_missing_services_secrets_and_impossible_paths_are_told():
    tls = [{"hosts": ["h"], "secretName": "tls"}]
    paths = [path("/a", "gone"), path("/b", port="x"), path("/c?d")]
    result = made(ingress("web", rule("h", *paths), tls=tls))
    assert [(p.reason, p.message) for p in result.problems] == [
        ("BackendNotFound", 'service "default/gone" not found'),
        ("BackendNotFound", 'service "default/web" has no port x'),
        ("PathNotUsable", "path /c?d can match no request: it has a query or a fragment"),
        ("CertificateNotUsable", 'secret "default/tls": not found'),
    ]
    assert set(result.resources[LISTENER]) == {"http"}


def test_the_older_ingress_has_the_certificate_of_a_host():
    pairs = {("default", n): Pair(n, n) for n in ("one", "two")}
    ingresses = [
        ingress(n, rule("h"), tls=[{"hosts": ["H"], "secretName": n}]) for n in ("one", "two")
    ]
    result = made(*ingresses, certificates=pairs)
    assert list(result.resources[SECRET]) == ["default/one"]


def test_a_default_backend_of_an_ingress_with_rules_serves_its_hosts_first():
    world = filled(service(), service("one"), service("two"), service("all"))
    ingresses = [
        ingress("one", rule("h", path("/a")), defaultBackend=backend("one")),
        ingress("two", rule("g", path("/a")), defaultBackend=backend("two")),
        ingress("all", defaultBackend=backend("all")),
    ]
    routes = made(*ingresses, world=world).resources[ROUTES]["ingress"]
    assert serves(routes, "h", "/x") == "one"
    assert serves(routes, "g", "/x") == "two"
    assert serves(routes, "elsewhere", "/x") == "all"


def test_annotations_of_other_controllers_are_told_in_one_sentence():
    one = ingress("web", rule("h", path()))
    one["metadata"]["annotations"] = dict.fromkeys(
        ("nginx.ingress.kubernetes.io/rewrite-target", "haproxy.org/check"), "x"
    )
    (told,) = made(one).problems
    assert (told.reason, told.message) == (
        "UnsupportedAnnotations",
        "annotations of other ingress controllers have no effect: haproxy.org/check, "
        "nginx.ingress.kubernetes.io/rewrite-target",
    )


def chains_of(result):
    chains = result.resources[LISTENER]["https"]["filter_chains"]
    return {c["name"]: c.get("filter_chain_match", {}).get("server_names") for c in chains}


def test_a_host_without_a_certificate_is_shown_the_fallback():
    pair, own = Pair("CERT", "KEY"), Pair("OWN", "KEY")
    tls = [{"hosts": ["h"], "secretName": "tls"}]
    certificates = {("default", "tls"): pair}
    result = made(ingress("web", rule("h"), tls=tls), certificates=certificates, fallback=own)
    assert chains_of(result) == {"default/tls": ["h"], "/fallback": None}
    shown = result.resources[SECRET]["/fallback"]["tls_certificate"]["certificate_chain"]
    assert shown == {"inline_string": "OWN"}
    assert chains_of(made(fallback=own)) == {"/fallback": None}


def test_an_ingress_whose_certificate_is_for_every_host_comes_before_the_fallback():
    result = made(
        ingress("web", rule("h"), tls=[{"secretName": "tls"}]),
        certificates={("default", "tls"): Pair("CERT", "KEY")},
        fallback=Pair("OWN", "KEY"),
    )
    assert chains_of(result) == {"default/tls": None}
