"""JSON patches (RFC 6902) as upstream's library understands them.

It is more forgiving than the RFC, and clients rely on it: ``replace`` sets a key that is not
there, an index may count from the end, a ``test`` for null passes where nothing is. That is
why this is no general library.

Source: ``gopkg.in/evanphx/json-patch.v4`` (patch.go).
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from onggi.api.errors import BadRequest, RequestEntityTooLarge, StatusError
from onggi.api.gotext import quote, type_name
from onggi.api.objects import Object, View, clone_value

LIMIT = 10_000  # operations in one patch
MOST_COPIED = 3 * 1024 * 1024  # bytes, as JSON, that all copies of a patch may add
MISSING = "missing value"
BAD_INDEX = "invalid index referenced"
TEST_FAILED = "test failed"
REJECTED = "the server rejected our request due to an error in our request"

Operation = View
Container = dict[str, Any] | list[Any]


class DoesNotApply(StatusError):
    """A patch that cannot be applied to this object. Upstream keeps the reason (``why``) to
    itself, and kubectl would print a cause without a field as if it had one."""

    code, reason = 422, "Invalid"

    def __init__(self, why: str) -> None:
        super().__init__(REJECTED)
        self.why = why


def apply(obj: View, patch: Any) -> Object:
    """The object after every operation, in order."""
    root = [clone_value(obj)]  # the parent of the path ""
    copied = 0
    for operation in operations(patch):
        kind = operation.get("op", "unknown")
        perform = PERFORM.get(kind) if isinstance(kind, str) else None
        if perform is None:
            raise DoesNotApply(f"Unexpected kind: {kind}")
        if kind == "copy" and (copied := copied + weight(root, operation)) > MOST_COPIED:
            raise RequestEntityTooLarge(
                "Request entity too large: Unable to complete the copy, the accumulated size "
                f"increase of copy is {copied}, exceeding the limit {MOST_COPIED}"
            )
        perform(root, operation)
    result: Object = root[0]
    return result


def weight(root: list[Any], operation: Operation) -> int:
    """The size, as JSON, of what is to be copied: a few copies of copies would fill the memory."""
    source = operation.get("from")
    where = find(root, source) if isinstance(source, str) else None
    if where is None:
        return 0
    return len(msgspec.json.encode(read(*where, "")))


def operations(patch: Any) -> list[Operation]:
    """The patch, if it is one. Raises BadRequest or RequestEntityTooLarge."""
    if not isinstance(patch, list):
        raise misfit(patch, "[]handlers.jsonPatchOp")
    if len(patch) > LIMIT:
        raise RequestEntityTooLarge(
            "Request entity too large: The allowed maximum operations in a JSON patch is "
            f"{LIMIT}, got {len(patch)}"
        )
    for operation in patch:
        if not isinstance(operation, dict):
            raise misfit(operation, "handlers.jsonPatchOp")
    return patch


def misfit(value: Any, wanted: str) -> BadRequest:
    kinds = {"map[string]interface {}": "object", "[]interface {}": "array", "string": "string"}
    found = kinds.get(type_name(value), "bool" if isinstance(value, bool) else "number")
    return BadRequest(
        f"error decoding patch: json: cannot unmarshal {found} into Go value of type {wanted}"
    )


def add(root: list[Any], operation: Operation) -> None:
    path = text(operation, "path", "add operation failed to decode path", MISSING)
    where = find(root, path)
    if where is None:
        says = f'add operation does not apply: doc is missing path: "{path}"'
        raise DoesNotApply(f"{says}: {MISSING}")
    insert(*where, operation.get("value"), f"error in add for path: '{path}'")


def remove(root: list[Any], operation: Operation) -> None:
    path = text(operation, "path", "remove operation failed to decode path", MISSING)
    where = find(root, path)
    if where is None:
        says = f'remove operation does not apply: doc is missing path: "{path}"'
        raise DoesNotApply(f"{says}: {MISSING}")
    take(*where, f"error in remove for path: '{path}'")


def replace(root: list[Any], operation: Operation) -> None:
    path = text(operation, "path", "replace operation failed to decode path")
    value = operation.get("value")
    if path == "":
        if not isinstance(value, dict):
            raise DoesNotApply("replace operation value must be object")
        root[0] = clone_value(value)
        return
    where = find(root, path)
    if where is None:
        raise DoesNotApply(
            f"replace operation does not apply: doc is missing path: {path}: {MISSING}"
        )
    parent, key = where
    if isinstance(parent, dict):
        parent[key] = clone_value(value)
        return
    missing = f"replace operation does not apply: doc is missing key: {path}: {MISSING}"
    parent[index(parent, key, missing, exact=True)] = clone_value(value)


def move(root: list[Any], operation: Operation) -> None:
    source = text(operation, "from", "move operation failed to decode from")
    where = find(root, source)
    if where is None:
        says = f"move operation does not apply: doc is missing from path: {source}"
        raise DoesNotApply(f"{says}: {MISSING}")
    value = take(*where, f"error in move for path: '{where[1]}'")
    path = text(operation, "path", "move operation failed to decode path")
    where = find(root, path)
    if where is None:
        says = f"move operation does not apply: doc is missing destination path: {path}"
        raise DoesNotApply(f"{says}: {MISSING}")
    insert(*where, value, f"error in move for path: '{path}'")


def copy(root: list[Any], operation: Operation) -> None:
    source = text(operation, "from", "copy operation failed to decode from")
    where = find(root, source)
    if where is None:
        says = f"copy operation does not apply: doc is missing from path: {source}"
        raise DoesNotApply(f"{says}: {MISSING}")
    value = read(*where, f"error in copy for from: '{source}'")
    path = text(operation, "path", "copy operation failed to decode path", MISSING)
    where = find(root, path)
    if where is None:
        says = f"copy operation does not apply: doc is missing destination path: {path}"
        raise DoesNotApply(f"{says}: {MISSING}")
    insert(*where, value, "error while adding value during copy")


def test(root: list[Any], operation: Operation) -> None:
    path = text(operation, "path", "test operation failed to decode path")
    wanted = operation.get("value")
    if path == "":
        found = root[0]
    else:
        where = find(root, path)
        if where is None:
            says = f"test operation does not apply: is missing path: {path}"
            raise DoesNotApply(f"{says}: {MISSING}")
        found = read(*where, f"error in test for path: '{path}'")
    if not equal(found, wanted):
        raise DoesNotApply(f"testing value {path} failed: {TEST_FAILED}")


PERFORM: dict[str, Callable[[list[Any], Operation], None]] = {
    "add": add,
    "remove": remove,
    "replace": replace,
    "move": move,
    "test": test,
    "copy": copy,
}


def text(operation: Operation, name: str, says: str, why: str = "") -> str:
    """The ``path`` or ``from`` of an operation."""
    value = operation.get(name)
    if isinstance(value, str):
        return value
    comma = "," if name == "from" else ""
    raise DoesNotApply(f"{says}: {why or f'operation{comma} missing {name} field: {MISSING}'}")


def find(root: list[Any], path: str) -> tuple[Container, str] | None:
    """What holds the value at ``path``, and under which key; None where the way is broken."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")]
    if len(parts) < 2:
        return None
    node: Any = root[0]
    for part in parts[1:-1]:
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list):
            try:
                node = node[index(node, part, "")]
            except DoesNotApply:
                return None
        if not isinstance(node, dict | list):
            return None
    return node, parts[-1]


def index(items: list[Any], key: str, says: str, *, exact: bool = False, extra: int = 0) -> int:
    """A place in a list; -1 is the last. ``exact`` keeps the index out of what is said."""
    if re.fullmatch("[-+]?[0-9]{1,18}", key) is None:
        if extra:
            says = f"{says}: value was not a proper array index: '{key}'"
        parsing = f"strconv.Atoi: parsing {quote(key)}: invalid syntax"
        raise DoesNotApply(says if exact else f"{says}: {parsing}")
    number, size = int(key), len(items) + extra
    if not -size <= number < size:
        invalid = f"Unable to access invalid index: {number}: {BAD_INDEX}"
        raise DoesNotApply(says if exact else f"{says}: {invalid}")
    return number + size if number < 0 else number


def insert(parent: Container, key: str, value: Any, says: str) -> None:
    value = clone_value(value)
    if isinstance(parent, dict):
        parent[key] = value
    elif key == "-":
        parent.append(value)
    else:
        parent.insert(index(parent, key, says, extra=1), value)


def take(parent: Container, key: str, says: str) -> Any:
    if isinstance(parent, list):
        return parent.pop(index(parent, key, says))
    if key not in parent:
        raise DoesNotApply(f"{says}: Unable to remove nonexistent key: {key}: {MISSING}")
    return parent.pop(key)


def read(parent: Container, key: str, says: str) -> Any:
    if isinstance(parent, list):
        return parent[index(parent, key, says)]
    return parent.get(key)


def equal(left: Any, right: Any) -> bool:
    """As JSON: true is not 1, and 1 is not 1.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal(left[k], right[k]) for k in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)
