from onggi.api.objects import clone
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.namespace.kind import check_status
from tests.kinds.samples import created


def test_a_new_namespace_is_active_labelled_and_held() -> None:
    ns = created(NAMESPACE)
    assert ns["status"] == {"phase": "Active"}
    assert ns["spec"] == {"finalizers": ["kubernetes"]}
    assert ns["metadata"]["labels"] == {"kubernetes.io/metadata.name": "web"}


def test_only_the_finalize_subresource_takes_the_finalizer_off() -> None:
    old = created(NAMESPACE)
    new = clone(old)
    new["spec"] = {}
    assert NAMESPACE.prepare
    NAMESPACE.prepare(new, old)
    assert new["spec"] == {"finalizers": ["kubernetes"]}


def test_finalizers_have_a_domain() -> None:
    ns = created(NAMESPACE, finalizers=["mine"])
    assert [str(e) for e in NAMESPACE.validate(ns)] == [
        'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is '
        "it fully qualified"
    ]


def test_a_namespace_terminates_when_it_is_deleted_and_only_then() -> None:
    ns = created(NAMESPACE)
    assert list(check_status(ns, ns)) == []
    ns["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert len(list(check_status(ns, ns))) == 1
