"""The options that travel in a query, checked as upstream checks them. Pure.

Sources: ``k8s.io/apimachinery/pkg/apis/meta/v1/validation`` and
``.../meta/internalversion/validation``.
"""

from collections.abc import Sequence
from typing import NamedTuple

from onggi.api.errors import BadRequest, Invalid
from onggi.api.field_error import (
    FieldError,
    forbidden,
    invalid,
    not_supported,
    required,
    too_long,
)
from onggi.api.gotext import quote
from onggi.api.http import Request

META = "meta.k8s.io"
LONGEST_MANAGER = 128
NOT_OLDER, EXACT = "NotOlderThan", "Exact"


class WriteOptions(NamedTuple):
    """``validation`` is Ignore, Warn or Strict; ``manager`` is who owns what is written (the
    User-Agent says it where it is empty); ``force`` takes fields from others."""

    dry_run: bool = False
    validation: str = "Warn"
    manager: str = ""
    force: bool = False


class ListOptions(NamedTuple):
    """``version`` is a resourceVersion, ``token`` the ``continue`` of an earlier page.
    ``initial`` is sendInitialEvents, ``timeout`` is in seconds."""

    labels: str = ""
    fields: str = ""
    limit: int = 0
    token: str = ""
    version: str = ""
    match: str = ""
    watch: bool = False
    bookmarks: bool = False
    initial: bool | None = None
    timeout: int | None = None


DEFAULT_WRITE = WriteOptions()
DEFAULT_LIST = ListOptions()


def refuse(kind: str, errors: Sequence[FieldError]) -> None:
    if errors:
        raise Invalid(f"{kind}.{META}", "", errors)


def write_options(request: Request, kind: str, *, applies: bool = False) -> WriteOptions:
    """``kind`` is CreateOptions, UpdateOptions or PatchOptions: what messages name."""
    if not request.query and not applies:
        return DEFAULT_WRITE
    dry_run = list(request.query.get("dryRun", ()))
    validation = request.argument("fieldValidation")
    manager = request.argument("fieldManager")
    errors = manager_errors(manager) + dry_run_errors(dry_run)
    if applies and not manager:
        errors.insert(0, required("fieldManager", "is required for apply patch"))
    if validation not in ("", "Ignore", "Warn", "Strict"):
        allowed = ("", "Ignore", "Strict", "Warn")
        errors.append(not_supported("fieldValidation", validation, allowed))
    if kind == "PatchOptions" and "force" in request.query and not applies:
        errors.append(forbidden("force", "may not be specified for non-apply patch"))
    refuse(kind, errors)
    force = applies and request.flag("force")
    return WriteOptions(bool(dry_run), validation or "Warn", manager, force)


def dry_run_errors(values: Sequence[str]) -> list[FieldError]:
    if all(value == "All" for value in values):
        return []
    return [not_supported("dryRun", list(values), ("All",))]


def manager_errors(name: str) -> list[FieldError]:
    errors = [too_long("fieldManager", LONGEST_MANAGER)] if len(name) > LONGEST_MANAGER else []
    for position, char in enumerate(name):
        if not char.isprintable():
            detail = f"invalid character U+{ord(char):04X} (at position {position})"
            errors.append(invalid("fieldManager", name, detail))
    return errors


def list_options(request: Request) -> ListOptions:
    if not request.query:
        return DEFAULT_LIST
    text = request.argument
    timeout = text("timeoutSeconds")
    found = ListOptions(
        labels=text("labelSelector"),
        fields=text("fieldSelector"),
        limit=integer(text("limit", "0")),
        token=text("continue"),
        version=text("resourceVersion"),
        match=text("resourceVersionMatch"),
        watch=request.flag("watch"),
        bookmarks=request.flag("allowWatchBookmarks"),
        initial=request.flag("sendInitialEvents") if "sendInitialEvents" in request.query else None,
        timeout=integer(timeout) if timeout else None,
    )
    if found.match or found.initial is not None:
        refuse("ListOptions", watch_errors(found) if found.watch else list_errors(found))
    return _with_initial_events(found)


def _with_initial_events(options: ListOptions) -> ListOptions:
    """A watch without a version starts with what is there, and says where that ends."""
    legacy = options.watch and options.version in ("", "0") and not options.match
    if not legacy or options.initial is not None:
        return options
    return options._replace(initial=True, match=NOT_OLDER)


def integer(text: str) -> int:
    try:
        return int(text or "0")
    except ValueError:
        raise BadRequest(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


def list_errors(options: ListOptions) -> list[FieldError]:
    errors, path = [], "resourceVersionMatch"
    if options.match:
        if not options.version:
            why = "resourceVersionMatch is forbidden unless resourceVersion is provided"
            errors.append(forbidden(path, why))
        if options.token:
            why = "resourceVersionMatch is forbidden when continue is provided"
            errors.append(forbidden(path, why))
        if options.match not in (EXACT, NOT_OLDER):
            errors.append(not_supported(path, options.match, (EXACT, NOT_OLDER, "")))
        if options.match == EXACT and options.version == "0":
            why = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
            errors.append(forbidden(path, why))
    if options.initial is not None:
        errors.append(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    return errors


def watch_errors(options: ListOptions) -> list[FieldError]:
    errors, path = [], "resourceVersionMatch"
    if options.initial is not None and options.match != NOT_OLDER:
        why = f"sendInitialEvents requires setting resourceVersionMatch to {NOT_OLDER}"
        errors.append(forbidden(path, why))
    if options.match:
        if options.initial is None:
            why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            errors.append(forbidden(path, why))
        if options.match != NOT_OLDER:
            errors.append(not_supported(path, options.match, (NOT_OLDER,)))
        if options.token:
            why = "resourceVersionMatch is forbidden when continue is provided"
            errors.append(forbidden(path, why))
    return errors


def revision(text: str) -> int:
    """A resourceVersion as a number; empty is 0."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 20:
        wrong = "value out of range" if text.isdigit() else "invalid syntax"
        why = f"strconv.ParseUint: parsing {quote(text)}: {wrong}"
        error = invalid("resourceVersion", text, why)
        raise BadRequest(f"invalid resource version: {error}")
    return int(text)
