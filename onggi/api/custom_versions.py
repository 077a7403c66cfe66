"""One custom resource in several versions: how it is kept, and how it is read.

    stored_of(custom, resource) -> Stored, or None where objects are as they should be

An object in the store may be of a version that is no longer the one stored, may lack a default
that came later, or have a field that went since: whoever reads it gets it as the schemas of
today have it. Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver``
(crdConversionRESTOptionsGetter, schemaCoercingConverter), ``…/apiserver/conversion``.
"""

from onggi.api.custom import Custom, Family
from onggi.api.kind import Stored
from onggi.api.objects import Object, View, clone
from onggi.api.structural.defaults import fill
from onggi.api.structural.node import META_FIELDS
from onggi.api.structural.prune import drop_nulls, prune


def stored_of(custom: Custom, resource: str) -> Stored | None:
    family = custom.family
    if custom.is_stored and not family.since:
        return None

    def to(obj: View) -> Object:
        return converted(family, clone(obj), family.storage)

    def back(obj: View) -> Object:
        found = clone(obj)
        version = version_of(found)
        coerce(family, found, version)
        fill(found, family.node(version))
        return converted(family, found, custom.version)

    return Stored(resource, to, back, family.since if custom.is_stored else None)


def version_of(obj: View) -> str:
    return str(obj["apiVersion"]).rpartition("/")[2]


def converted(family: Family, obj: Object, version: str) -> Object:
    if version_of(obj) == version:
        return obj
    found = family.convert(obj, f"{family.group}/{version}")
    coerce(family, found, version)
    return found


def coerce(family: Family, obj: Object, version: str) -> None:
    """What the version's schema does not name goes. In place."""
    if family.preserve:
        return
    node = family.node(version)
    prune(obj, node, None, root=True)
    own = {name: obj.pop(name) for name in META_FIELDS if name in obj}
    drop_nulls(obj, node)
    rest = dict(obj)
    obj.clear()
    obj.update({**own, **rest})


def renamed(obj: Object, api_version: str) -> Object:
    """Conversion None: nothing but the version changes."""
    return {**obj, "apiVersion": api_version}
