"""A definition gets its names, and is established."""

from typing import Any

from onggi.api.objects import Object
from onggi.api.plan import SetStatus
from onggi.kinds.apiextensions.crd.kind import CRD
from onggi.kinds.apiextensions.crd.naming import CONTROLLER, others, reconcile
from tests.kinds.samples import created
from tests.world import NOW, ListWorld


def definition(name: str = "foos", group: str = "example.com", **names: Any) -> Object:
    crd = created(CRD, group=group)
    crd["metadata"]["name"] = f"{name}.{group}"
    crd["spec"]["names"].update({"plural": name, "singular": name[:-1], **names})
    return crd


def status(crd: Object, *world: Object) -> Any:
    actions = reconcile(crd, ListWorld([crd, *world]), NOW).actions
    for action in actions:
        assert isinstance(action, SetStatus)
        return action.status
    return crd["status"]


def settled(crd: Object, *world: Object) -> Object:
    return {**crd, "status": status(crd, *world)}


def said(status: Any) -> dict[str, tuple[str, str]]:
    return {c["type"]: (c["status"], c["reason"]) for c in status["conditions"]}


def test_names_that_nobody_has_are_given_at_once() -> None:
    found = status(definition())
    assert found["acceptedNames"] == {
        "plural": "foos", "singular": "foo", "kind": "Foo", "listKind": "FooList",
    }  # fmt: skip
    assert said(found) == {
        "NamesAccepted": ("True", "NoConflicts"),
        "Established": ("True", "InitialNamesAccepted"),
    }
    assert found["storedVersions"] == ["v1"]


def test_what_is_settled_stays_as_it_is() -> None:
    crd = settled(definition())
    assert reconcile(crd, ListWorld([crd]), NOW).actions == ()


def test_a_name_that_another_of_the_group_has_is_refused() -> None:
    first = settled(definition())
    second = definition("bars", kind="Foo", listKind="Bars", shortNames=["foo"])
    found = status(second, first)
    assert said(found) == {
        "NamesAccepted": ("False", "KindConflict"),
        "Established": ("False", "NotAccepted"),
    }
    assert found["acceptedNames"] == {"plural": "bars", "singular": "bar", "listKind": "Bars"}
    elsewhere = definition("bars", group="other.example.com", kind="Foo", listKind="Bars")
    assert said(status(elsewhere, first))["NamesAccepted"] == ("True", "NoConflicts")


def test_what_is_established_stays_so() -> None:
    first, second = settled(definition()), settled(definition("bars", kind="Bar", listKind="Bars"))
    second["spec"]["names"]["shortNames"] = ["foo"]
    found = status(second, first)
    assert said(found)["NamesAccepted"] == ("False", "ShortNamesConflict")
    assert said(found)["Established"] == ("True", "InitialNamesAccepted")


def test_a_name_that_is_given_back_wakes_who_waits_for_it() -> None:
    first = settled(definition())
    second = settled(definition("bars", kind="Foo", listKind="Bars"), first)
    third = settled(definition("bazs", kind="Baz", listKind="Bazs"))
    woken = others(first, ListWorld([second, third]))
    assert woken == [("", "foos.example.com"), ("", "bars.example.com")]
    assert CONTROLLER.watches[CRD] is others


def test_a_webhook_with_a_broken_bundle_is_not_established() -> None:
    config = {"url": "https://a/", "caBundle": "bm8="}
    webhook = {"clientConfig": config, "conversionReviewVersions": ["v1"]}
    crd = definition()
    crd["spec"]["conversion"] = {"strategy": "Webhook", "webhook": webhook}
    assert said(status(crd))["Established"] == ("False", "InvalidCABundle")


def test_an_approval_is_told() -> None:
    crd = definition(group="foo.k8s.io")
    crd["metadata"]["annotations"] = {"api-approved.kubernetes.io": "unapproved, a test"}
    conditions = said(status(crd))
    assert conditions["KubernetesAPIApprovalPolicyConformant"] == ("False", "UnapprovedAnnotation")


def test_a_schema_that_is_not_structural_is_told_until_it_is() -> None:
    crd = definition()
    crd["spec"]["preserveUnknownFields"] = True
    crd["status"] = status(crd)
    assert said(crd["status"])["NonStructuralSchema"] == ("True", "Violations")
    del crd["spec"]["preserveUnknownFields"]
    assert "NonStructuralSchema" not in said(status(crd))
