"""DefaultIngressClass."""

from onggi.kinds.networking.ingressclass import INGRESSCLASS
from tests.apiserver.world import ask

URL = "/apis/networking.k8s.io/v1/namespaces/default/ingresses"
BACKEND = {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}


async def ingress(running, name="i", annotations=None, **spec):
    wanted = {"metadata": {"name": name, "annotations": annotations}, "spec": BACKEND | spec}
    code, body = await ask(running, "POST", URL, wanted)
    assert code == 201, body
    return body["spec"].get("ingressClassName")


async def ingress_class(cluster, name, default=True):
    annotation = {"ingressclass.kubernetes.io/is-default-class": "true"} if default else {}
    spec = {"controller": "example.com/c"}
    await cluster.create(
        INGRESSCLASS, {"metadata": {"name": name, "annotations": annotation}, "spec": spec}
    )


async def test_without_a_default_class_nothing_is_named(running, cluster):
    await ingress_class(cluster, "other", default=False)
    assert await ingress(running) is None


async def test_the_default_class_is_for_those_who_name_none(running, cluster):
    await ingress_class(cluster, "usual")
    assert await ingress(running) == "usual"
    assert await ingress(running, "j", ingressClassName="other") == "other"
    old = {"kubernetes.io/ingress.class": "old"}
    assert await ingress(running, "k", annotations=old) is None


async def test_of_two_made_at_once_the_first_by_name_is_meant(running, cluster):
    now = running.app.backend.clock()
    running.app.backend.clock = lambda: now
    for name in ("b", "a"):
        await ingress_class(cluster, name)
    assert await ingress(running) == "a"
