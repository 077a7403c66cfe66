from onggi.platform.mesh.translate.classes import DEFAULT, ours, own_class, with_address
from tests.platform.mesh.objects import ingress


def named(name, controller="onggi.dev/ingress", default=False):
    annotations = {DEFAULT: "true"} if default else {}
    meta = {"name": name, "annotations": annotations}
    return {"metadata": meta, "spec": {"controller": controller}}


def names(found):
    return [i["metadata"]["name"] for i in found]


def test_only_ingresses_of_our_classes_are_ours_the_oldest_first():
    nginx = named("nginx", "k8s.io/ingress-nginx", default=True)
    mine = [ingress("b", created=2), ingress("a", created=1), ingress("c", created=1)]
    others = [ingress("d", ingressClassName="nginx"), ingress("e", ingressClassName="none")]
    assert names(ours([*mine, *others], [named("onggi"), nginx])) == ["a", "c", "b"]


def test_an_ingress_without_a_class_is_ours_if_we_are_the_default():
    free = ingress("free", ingressClassName=None)
    assert names(ours([free], [named("onggi", default=True)])) == ["free"]
    assert ours([free], [named("onggi")]) == []


def test_the_old_annotation_names_a_class_too():
    old = ingress("old", ingressClassName=None)
    old["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "onggi"}
    assert names(ours([old], [named("onggi")])) == ["old"]


def test_our_class_is_the_default_unless_there_is_one():
    assert own_class([])["metadata"]["annotations"] == {DEFAULT: "true"}
    assert "annotations" not in own_class([named("x", default=True)])["metadata"]


def test_a_status_is_written_once():
    status = with_address({"x": 1}, ["192.0.2.1"])
    assert status == {"x": 1, "loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    assert with_address(status, ["192.0.2.1"]) is None
