"""Pod templates: when two are one, and what the hash looks like."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.kinds.apps.template import HASH, SAFE, same, template_hash


def template(**container):
    return {
        "metadata": {"labels": {"app": "a"}},
        "spec": {"containers": [{"name": "c", "image": "i", **container}]},
    }


def test_the_hash_label_does_not_count():
    labelled = template()
    labelled["metadata"] = {"labels": {"app": "a", HASH: "x"}, "creationTimestamp": None}
    assert same(template(), labelled)
    assert template_hash(template(), 0) == template_hash(labelled, 0)


def test_absent_and_empty_are_one():
    assert same(template(), template(resources={}, env=[], command=None))


def test_amounts_count_not_their_texts():
    assert same(
        template(resources={"limits": {"cpu": "1", "memory": "1Gi"}}),
        template(resources={"limits": {"cpu": "1000m", "memory": "1024Mi"}}),
    )
    assert not same(
        template(resources={"limits": {"cpu": "1"}}), template(resources={"limits": {"cpu": "2"}})
    )


def test_order_counts():
    one, two = {"name": "a", "value": "1"}, {"name": "b", "value": "2"}
    assert not same(template(env=[one, two]), template(env=[two, one]))


@given(st.text(max_size=20), st.integers(0, 5))
def test_a_hash_is_safe_in_a_name_and_stable(image, collisions):
    found = template_hash(template(image=image), collisions)
    assert set(found) <= set(SAFE)
    assert 1 <= len(found) <= 10
    assert found == template_hash(template(image=image), collisions)
    assert found != template_hash(template(image=image), collisions + 1)
