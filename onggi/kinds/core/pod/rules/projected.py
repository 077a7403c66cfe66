"""Files that the node writes into volumes: of keys, of the pod's own fields, and of several
sources in one directory (``projected``).

Source: validateKeyToPath, validateDownwardAPIVolumeFile, validateProjectionSources.
"""

from collections.abc import Iterator, Sequence

from onggi.api.field_error import FieldError, forbidden, invalid, required
from onggi.api.objects import View
from onggi.api.selectors import check_label_selector
from onggi.kinds.core.pod.rules.references import (
    FILE_FIELDS,
    check_field_ref,
    check_local,
    check_mode,
    check_resource_ref,
)

SOURCES = (
    "secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle",
    "podCertificate",
)  # fmt: skip
SHORTEST, LONGEST = 600, 2**32  # seconds


def check_items(items: Sequence[View], path: str) -> Iterator[FieldError]:
    """``path`` is the source's: keys of a Secret or ConfigMap and the files they become."""
    for index, item in enumerate(items):
        at = f"{path}.items[{index}]"
        for field in ("key", "path"):
            if not item.get(field):
                yield required(f"{at}.{field}")
        yield from check_local(item.get("path") or "", f"{at}.path")
        yield from check_mode(item.get("mode"), f"{at}.mode")


def check_files(files: Sequence[View], path: str) -> Iterator[FieldError]:
    """Upstream's paths name no index here."""
    for file in files:
        if not file.get("path"):
            yield required(f"{path}.path")
        yield from check_local(file.get("path") or "", f"{path}.path")
        field, resource = file.get("fieldRef"), file.get("resourceFieldRef")
        if field is not None:
            yield from check_field_ref(field, FILE_FIELDS, f"{path}.fieldRef")
            if resource is not None:
                detail = "fieldRef and resourceFieldRef can not be specified simultaneously"
                yield invalid(path, "resource", detail)
        elif resource is not None:
            yield from check_resource_ref(resource, f"{path}.resourceFieldRef", in_volume=True)
        else:
            yield required(path, "one of fieldRef and resourceFieldRef is required")
        yield from check_mode(file.get("mode"), f"{path}.mode")


def check_projected(source: View, path: str) -> Iterator[FieldError]:
    yield from check_mode(source.get("defaultMode"), f"{path}.defaultMode")
    taken: set[str] = set()
    for index, part in enumerate(source.get("sources") or ()):
        at = f"{path}.sources[{index}]"
        found = [name for name in SOURCES if part.get(name) is not None]
        for name in found:
            yield from check_part(name, part[name], at, path)
            for file, shown in paths_of(name, part[name]):
                if file in taken:
                    yield invalid(path, shown, "conflicting duplicate paths")
                taken.add(file)
        if len(found) > 1:
            yield forbidden(at, "may not specify more than 1 volume type per source")


def paths_of(name: str, part: View) -> Iterator[tuple[str, str]]:
    """The files of a source, and what upstream shows where one is there twice."""
    if name in ("secret", "configMap", "downwardAPI"):
        for item in part.get("items") or ():
            if file := item.get("path"):
                yield file, file if name == "downwardAPI" else part.get("name") or ""
    elif name == "clusterTrustBundle":
        yield part.get("path") or "", part.get("path") or ""


def check_part(name: str, part: View, at: str, path: str) -> Iterator[FieldError]:
    """``at`` is the part's place, ``path`` the volume source's."""
    match name:
        case "secret" | "configMap":
            if not part.get("name"):
                yield required(f"{at}.{name}.name")
            yield from check_items(part.get("items") or (), f"{at}.{name}")
        case "downwardAPI":
            yield from check_files(part.get("items") or (), f"{at}.downwardAPI")
        case "serviceAccountToken":
            yield from check_token(part, f"{at}.serviceAccountToken", path)
        case "clusterTrustBundle":
            yield from check_bundle(part, f"{at}.clusterTrustBundle")


def check_token(token: View, at: str, path: str) -> Iterator[FieldError]:
    seconds = token.get("expirationSeconds") or 0
    if seconds < SHORTEST:
        detail = "may not specify a duration less than 10 minutes"
        yield invalid(f"{at}.expirationSeconds", seconds, detail)
    if seconds > LONGEST:
        detail = "may not specify a duration larger than 2^32 seconds"
        yield invalid(f"{at}.expirationSeconds", seconds, detail)
    if not token.get("path"):
        yield required(f"{path}.path")
    else:
        yield from check_local(token["path"], f"{path}.path")


def check_bundle(bundle: View, path: str) -> Iterator[FieldError]:
    name, signer = bundle.get("name"), bundle.get("signerName")
    if name is not None and signer is not None:
        yield invalid(path, dict(bundle), "only one of name and signerName may be used")
    elif name is not None:
        if not name:
            yield required(f"{path}.name", "must be a valid object name")
        if (selector := bundle.get("labelSelector")) is not None:
            detail = "labelSelector must be unset if name is specified"
            yield invalid(f"{path}.labelSelector", dict(selector), detail)
    elif signer is not None:
        if not signer:
            yield required(f"{path}.signerName", "must be a valid signer name")
        yield from check_label_selector(bundle.get("labelSelector"), f"{path}.labelSelector")
    else:
        yield required(path, "either name or signerName must be specified")
    if not bundle.get("path"):
        yield required(f"{path}.path")
    yield from check_local(bundle.get("path") or "", f"{path}.path")
