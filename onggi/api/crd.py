"""A CustomResourceDefinition read as Kinds: one for each version that is served.

    kinds_of(crd, since=0) -> tuple[Kind, ...]       none while it is not established
    kinds_in(manifest) -> tuple[Kind, ...]           as if it were

Everything about one version's kind is decided here; the API server and the clients treat it as
any other. Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver`` (customresource_handler.go,
customresource_discovery_controller.go), ``pkg/registry/customresource``.
"""

from collections.abc import Sequence
from dataclasses import replace

from onggi.api import custom_columns, custom_rules
from onggi.api.conditions import is_true
from onggi.api.custom import Convert, Custom, Family, schema_of
from onggi.api.custom_versions import renamed, stored_of
from onggi.api.kind import Kind, Scale
from onggi.api.objects import Object, View, clone_value
from onggi.api.structural.defaults import fill
from onggi.api.versions import maturity

VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
ENDING = tuple(verb for verb in VERBS if verb != "create")  # while its definition goes
NAMED = ("plural", "singular", "kind", "listKind")


def kinds_of(crd: View, since: int = 0, convert: Convert = renamed) -> tuple[Kind, ...]:
    """``since`` is the revision of the last change of the definition's spec; ``convert`` makes
    one version of another."""
    if not is_served(crd):
        return ()
    family = Family(crd, since, convert)
    versions = crd["spec"]["versions"]
    served = [v for v in versions if v.get("served")]
    if not served and family.terminating:  # else its objects would outlive it, unseen
        served = [v for v in versions if v.get("storage")]
    return tuple(kind(family, version) for version in served)


def kinds_in(manifest: View) -> tuple[Kind, ...]:
    """Of a definition as it is written, which no server has seen yet: for clients that know
    what they will find."""
    names = manifest["spec"]["names"]
    kind: str = names["kind"]
    accepted = {"singular": kind.lower(), "listKind": f"{kind}List", **names}
    established = [{"type": "Established", "status": "True"}]
    return kinds_of({**manifest, "status": {"acceptedNames": accepted, "conditions": established}})


def is_served(crd: View) -> bool:
    """Established, and under names that it was given."""
    names = (crd.get("status") or {}).get("acceptedNames") or {}
    return is_true(crd, "Established") and all(names.get(name) for name in NAMED)


def kind(family: Family, version: View) -> Kind:
    names, spec = family.crd["status"]["acceptedNames"], family.crd["spec"]
    custom = Custom(family, version["name"], names)
    below = version.get("subresources") or {}
    has_status = "status" in below
    return Kind(
        group=family.group,
        version=version["name"],
        name=names["kind"],
        plural=names["plural"],
        schema=schema_of(version),
        namespaced=spec["scope"] == "Namespaced",
        short=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        verbs=ENDING if family.terminating else VERBS,
        status=has_status,
        scale=scale(below.get("scale")),
        derived=(lambda obj: fill(obj, custom.node),),
        prepare_status=prepare_status,
        rules=(lambda new, old: custom.check(new, old, False),),
        status_rules=(lambda new, old: custom.check(new, old, True),),
        columns=custom_columns.columns(version),
        selectable=selectable(version),
        deprecated=deprecation(family, version),
        advice=(custom_rules.finalizers,),
        stored=stored_of(custom, f"{names['plural']}.{family.group}"),
        custom=custom,
    )


def bare(kind: Kind) -> Kind:
    """The same kind for who needs to know no more than where its objects are."""
    return replace(kind, derived=(), rules=(), status_rules=(), columns=(), schema={}, stored=None)


def scale(paths: View | None) -> Scale | None:
    if not paths:
        return None
    where = (paths.get(f"{name}Path") or "" for name in NAMES_OF_SCALE)
    return Scale(*(path.removeprefix(".") for path in where))


NAMES_OF_SCALE = ("specReplicas", "statusReplicas", "labelSelector")


def selectable(version: View) -> dict[str, str]:
    """``.spec.color`` is the field selector ``spec.color``."""
    paths = [f["jsonPath"].removeprefix(".") for f in version.get("selectableFields") or ()]
    return {path: path for path in paths}


def prepare_status(obj: Object, old: View | None) -> None:
    """Nothing but the status, not even metadata."""
    assert old is not None
    kept = {name: obj["metadata"].get(name) for name in ("managedFields", "resourceVersion")}
    meta = clone_value(old["metadata"])
    meta.update({name: value for name, value in kept.items() if value is not None})
    obj["metadata"] = meta


def deprecation(family: Family, version: View) -> str:
    if not version.get("deprecated"):
        return ""
    if given := version.get("deprecationWarning"):
        return str(given)
    name = family.crd["spec"]["names"]["kind"]
    text = f"{family.group}/{version['name']} {name} is deprecated"
    newer = better(family.crd["spec"]["versions"], version["name"])
    return f"{text}; use {family.group}/{newer[0]} {name}" if newer else text


def better(versions: Sequence[View], than: str) -> list[str]:
    """Served versions that are not deprecated and rank higher, the best first."""
    names = [v["name"] for v in versions if v.get("served") and not v.get("deprecated")]
    return sorted((n for n in names if maturity(n) > maturity(than)), key=maturity, reverse=True)
