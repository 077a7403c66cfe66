"""Which form of an answer the client wants, from its Accept header. Pure.

The rules are those of ``k8s.io/apiserver/pkg/endpoints/handlers/negotiation``: JSON and YAML for
everything, protobuf for built-in kinds, JSON and protobuf for watches. CBOR is not spoken: as
upstream, where it is an alternative, another is chosen.
"""

from functools import lru_cache
from typing import NamedTuple

from onggi.api.errors import NotAcceptable, UnsupportedMediaType

JSON, YAML = "application/json", "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
SPOKEN = (JSON, YAML, PROTOBUF)
TEXTS = (JSON, YAML)  # what is spoken of custom resources, and of what is no object
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
    profile: str = ""


AS_IS = Wanted()


@lru_cache(maxsize=512)
def accepted(
    header: str,
    transforms: frozenset[tuple[str, str, str]] = frozenset(),
    spoken: tuple[str, ...] = SPOKEN,
    streams: bool = False,
) -> Wanted:
    """The first clause, best first, that this server can answer. A stream of events is no YAML;
    the metadata of anything can be protobuf. Raises NotAcceptable."""
    if not header:
        return AS_IS
    known, at_rest = spoken is not SPOKEN, False
    for media, parameters in clauses(header):
        known = known or media in SPOKEN or media == "*/*"
        if media in ("*/*", "application/*"):
            media = JSON
        kind = (parameters.get("as", ""), parameters.get("g", ""), parameters.get("v", ""))
        metadata = media == PROTOBUF and kind[0].startswith("PartialObjectMetadata")
        if media not in spoken and not metadata:
            continue
        if streams and media == YAML:
            at_rest = True
            continue
        if any(kind) and (kind not in transforms or (kind[0] == "Table" and media == PROTOBUF)):
            continue
        return Wanted(
            media,
            *kind,
            profile=parameters.get("profile", ""),
        )
    raise not_acceptable(at_rest) if known else NotAcceptable("406: Not Acceptable")


def not_acceptable(streams: bool) -> NotAcceptable:
    """Go lists what it speaks of anything, and for events what it can tell them in."""
    shown = [f"{m};stream=watch" for m in SPOKEN if m != YAML] if streams else SPOKEN
    return NotAcceptable(f"only the following media types are accepted: {', '.join(shown)}")


@lru_cache(maxsize=512)
def preferred(header: str) -> str:
    """The media type for an answer of any kind, such as a refusal: JSON where in doubt."""
    return next((media for media, _ in clauses(header) if media in SPOKEN), JSON)


def clauses(header: str) -> list[tuple[str, dict[str, str]]]:
    """``text/html;q=0.5, */*`` → [("*/*", {}), ("text/html", {"q": "0.5"})]: best first, and of
    equals what is named before what is not."""
    found = []
    for clause in header.split(","):
        media, *rest = (part.strip() for part in clause.split(";"))
        parameters = {}
        for part in rest:
            name, _, value = part.partition("=")
            parameters[name.strip()] = value.strip().strip('"')
        if media:
            found.append((media.lower(), parameters))
    return sorted(found, key=lambda item: (-quality(item[1].get("q", "1")), item[0].count("*")))


def quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def is_pretty(query: str, agent: str, accept: str = "") -> bool:
    """Whether a person is likely to read the answer: the media type asked for may say so
    (``application/json;pretty=1``), then ``pretty`` in the query decides."""
    if "pretty" in accept and any(said.get("pretty") == "1" for _, said in clauses(accept)[:1]):
        return True
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
