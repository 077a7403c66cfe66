"""Which form of an answer the client wants, from its Accept header. Pure.

The rules are those of ``k8s.io/apiserver/pkg/endpoints/handlers/negotiation``; of
upstream's media types this server speaks JSON and YAML, and understands protobuf too.
"""

from functools import lru_cache
from typing import NamedTuple

from onggi.api.errors import NotAcceptable, UnsupportedMediaType

JSON, YAML = "application/json", "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"  # understood in bodies, not spoken
SPOKEN = (JSON, YAML)
META = "meta.k8s.io"
TRANSFORMS = {
    ("Table", META, "v1"),
    ("Table", META, "v1beta1"),
    ("PartialObjectMetadata", META, "v1"),
    ("PartialObjectMetadata", META, "v1beta1"),
    ("PartialObjectMetadataList", META, "v1"),
    ("PartialObjectMetadataList", META, "v1beta1"),
}
PRETTY_AGENTS = ("curl", "Wget", "Mozilla/5.0")


class Wanted(NamedTuple):
    """``kind`` is empty for the object as it is, else Table or PartialObjectMetadata[List]."""

    media: str = JSON
    kind: str = ""
    group: str = ""
    version: str = ""
    pretty: bool = False
    profile: str = ""


AS_IS = Wanted()


@lru_cache(maxsize=512)
def accepted(header: str, transforms: frozenset[tuple[str, str, str]] = frozenset()) -> Wanted:
    """The first clause, best quality first, that this server can answer."""
    if not header:
        return AS_IS
    for media, parameters in clauses(header):
        if media in ("*/*", "application/*"):
            media = JSON
        if media not in SPOKEN:
            continue
        kind = (parameters.get("as", ""), parameters.get("g", ""), parameters.get("v", ""))
        if any(kind) and kind not in transforms:
            continue
        return Wanted(
            media,
            *kind,
            pretty=parameters.get("pretty") == "1",
            profile=parameters.get("profile", ""),
        )
    raise NotAcceptable(f"only the following media types are accepted: {', '.join(SPOKEN)}")


def clauses(header: str) -> list[tuple[str, dict[str, str]]]:
    """``text/html;q=0.5, */*`` → [("*/*", {}), ("text/html", {"q": "0.5"})]."""
    found = []
    for clause in header.split(","):
        media, *rest = (part.strip() for part in clause.split(";"))
        parameters = {}
        for part in rest:
            name, _, value = part.partition("=")
            parameters[name.strip()] = value.strip().strip('"')
        if media:
            found.append((media.lower(), parameters))
    return sorted(found, key=lambda item: -quality(item[1].get("q", "1")))


def quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def is_pretty(query: str, agent: str) -> bool:
    """Whether a person is likely to read the answer: ``pretty`` in the query decides."""
    if query:
        return query.lower() in ("1", "t", "true")
    return agent.startswith(PRETTY_AGENTS)


def media_type(header: str) -> str:
    """``application/json; charset=utf-8`` → ``application/json``."""
    return header.partition(";")[0].strip().lower()


def unknown_media(*accepted_types: str) -> UnsupportedMediaType:
    return UnsupportedMediaType(
        "the body of the request was in an unknown format - accepted media types include: "
        + ", ".join(accepted_types)
    )
