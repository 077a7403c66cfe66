"""A pod is made of its owner's template."""

from onggi.kinds.apps.pods import new_pod, prefix

OWNER = {
    "apiVersion": "apps/v1",
    "kind": "ReplicaSet",
    "metadata": {"name": "web", "namespace": "d", "uid": "u1"},
}
TEMPLATE = {
    "metadata": {"labels": {"app": "a"}, "name": "ignored"},
    "spec": {"containers": [{"name": "c"}]},
}


def test_a_pod_is_made_of_the_template():
    made = new_pod(OWNER, TEMPLATE)
    assert made["metadata"]["generateName"] == "web-"
    assert made["metadata"]["labels"] == {"app": "a"}
    assert made["metadata"]["ownerReferences"][0]["uid"] == "u1"
    assert "name" not in made["metadata"]
    made["spec"]["containers"].clear()
    assert TEMPLATE["spec"]["containers"]


def test_a_name_that_is_too_long_for_a_hyphen_goes_without():
    assert prefix("w" * 254) == "w" * 254
