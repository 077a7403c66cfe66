"""What may stand at one place of an object: text, numbers, times, lists, maps.

A node decodes a value of its kind; the compiled nodes of one definition make a schema
(``onggi.api.schema``). They hold no state and are shared.
"""

from collections.abc import Callable
from typing import Any, Literal

from onggi.api import gobase64, timestamps
from onggi.api.quantity import QuantityError, canonical
from onggi.api.schema_walk import Walk, json_type

ZERO_TIME = "0001-01-01T00:00:00"

Shape = Literal["atomic", "fields", "set", "map", "deduced"]
ATOMIC: Shape = "atomic"
FIELDS: Shape = "fields"
SET: Shape = "set"
KEYED: Shape = "map"
DEDUCED: Shape = "deduced"


class Node:
    """What may stand at one place. ``go`` names its type in messages; a value of exactly the
    type ``plain`` needs no further look; ``zero`` is what a null in a list or a map means.

    ``shape`` is how server-side apply divides a value that stands here among its managers
    (see ``onggi.api.schema``); ``keys`` are the fields that tell the items of a KEYED list apart;
    ``plan`` is for ``onggi.api.fields``, which hangs there what it works out about a node.
    """

    __slots__ = ("plan",)
    plan: Any
    go: str = "interface {}"
    plain: type | None = None
    zero: Any = None
    holds_many: bool = False  # a list or a map
    shape: Shape = ATOMIC
    keys: tuple[str, ...] = ()

    @property
    def items(self) -> "Node | None":
        """The node of a list's items or a map's values; of a struct's undeclared fields, where
        it takes any."""
        return None

    def field(self, name: str) -> "Field | None":
        return None

    @property
    def always(self) -> "tuple[tuple[str, Node], ...]":
        """The structs below that are there even if nobody set them."""
        return ()

    def empty(self) -> Any:
        """What upstream writes here if nobody did."""
        return self.zero

    def decode(self, value: Any, walk: Walk) -> Any:
        """The value to keep; None to drop it."""
        return value


class Text(Node):
    __slots__ = ("go",)
    plain, zero = str, ""

    def __init__(self, go: str) -> None:
        self.go = go

    def decode(self, value: Any, walk: Walk) -> Any:
        walk.errors.append(walk.misfit(value, self.go))
        return value


class Flag(Node):
    __slots__ = ()
    go, plain, zero = "bool", bool, False

    def decode(self, value: Any, walk: Walk) -> Any:
        walk.errors.append(walk.misfit(value, self.go))
        return value


class Whole(Node):
    """An integer of so many bits, with its sign."""

    __slots__ = ("go", "high", "low")
    zero = 0

    def __init__(self, bits: int, go: str = "") -> None:
        self.go = go or f"int{bits}"
        self.low, self.high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def decode(self, value: Any, walk: Walk) -> Any:
        if type(value) is int and self.low <= value <= self.high:
            return value
        shown = f"number {value}" if json_type(value) == "number" else ""
        walk.errors.append(walk.misfit(value, self.go, shown))
        return value


class Real(Node):
    __slots__ = ()
    go, plain, zero = "float64", float, 0

    def decode(self, value: Any, walk: Walk) -> Any:
        if type(value) is not int:
            walk.errors.append(walk.misfit(value, self.go))
        return value


class Binary(Node):
    """Bytes, in base64."""

    __slots__ = ()
    go, zero = "[]uint8", ""

    def decode(self, value: Any, walk: Walk) -> Any:
        if type(value) is not str:
            walk.errors.append(walk.misfit(value, self.go))
            return value
        try:
            return gobase64.canonical(value)
        except gobase64.Base64Error as error:
            walk.errors.append(str(error))
            return value


class Moment(Node):
    """A metav1.Time or MicroTime. The zero time is as good as none."""

    __slots__ = ("canonical",)

    def __init__(self, canonical: Callable[[str], str]) -> None:
        self.canonical = canonical

    def decode(self, value: Any, walk: Walk) -> Any:
        if type(value) is not str:
            walk.fatal.append(walk.misfit(value, "string"))
            return value
        try:
            return None if value.startswith(ZERO_TIME) else self.canonical(value)
        except timestamps.TimestampError as error:
            walk.fatal.append(str(error))
            return value


class Amount(Node):
    """A resource.Quantity."""

    __slots__ = ()
    zero = "0"

    def decode(self, value: Any, walk: Walk) -> Any:
        try:
            return canonical(value)
        except QuantityError as error:
            walk.fatal.append(str(error))
            return value


class IntOrString(Node):
    __slots__ = ()
    plain, zero = str, 0

    def decode(self, value: Any, walk: Walk) -> Any:
        if type(value) is int and -(2**31) <= value < 2**31:
            return value
        shown = f"number {value}" if json_type(value) == "number" else ""
        walk.fatal.append(walk.misfit(value, "int32", shown))
        return value


class Raw(Node):
    """Anything, kept as it is: an extension. One manager owns all of it."""

    __slots__ = ()


class Free(Node):
    """Anything, kept as it is: JSON without a schema. Each key of a map has its managers."""

    __slots__ = ()
    shape = DEDUCED

    @property
    def items(self) -> Node:
        return self


class Many(Node):
    """Values of one node each."""

    __slots__ = ("_items", "go", "shape")
    holds_many = True

    def __init__(self, items: Node, go: str, shape: Shape) -> None:
        self._items = items
        self.go = go
        self.shape = shape

    @property
    def items(self) -> Node:
        return self._items

    def nested(self, part: int | tuple[str], value: Any, walk: Walk) -> Any:
        items = self._items
        if value is not None:
            walk.path.append(part)
            value = items.decode(value, walk)
            walk.path.pop()
        return items.empty() if value is None else value


class List(Many):
    __slots__ = ("keys",)

    def __init__(
        self, items: Node, go: str, shape: Shape = ATOMIC, keys: tuple[str, ...] = ()
    ) -> None:
        super().__init__(items, go, shape)
        self.keys = keys

    def decode(self, value: Any, walk: Walk) -> Any:
        if type(value) is not list:
            walk.errors.append(walk.misfit(value, self.go))
            return value
        plain = self._items.plain
        for index, item in enumerate(value):
            if type(item) is not plain:
                value[index] = self.nested(index, item, walk)
        return value


class Map(Many):
    __slots__ = ()

    def __init__(self, items: Node, go: str, shape: Shape = FIELDS) -> None:
        super().__init__(items, go, shape)

    def decode(self, value: Any, walk: Walk) -> Any:
        if type(value) is not dict:
            walk.errors.append(walk.misfit(value, self.go))
            return value
        plain = self._items.plain
        for key, item in value.items():
            if type(item) is not plain:
                value[key] = self.nested((key,), item, walk)
        return value


class Field:
    """A property of a struct: its node, and how patches treat it.

    ``omits`` says that upstream leaves it out when it is empty or zero; ``strategies`` are the
    words of x-kubernetes-patch-strategy: merge, replace, retainKeys. ``default`` is what a
    key of a list item is taken to be where it was left out.
    """

    __slots__ = ("default", "merge_key", "node", "omits", "plain", "strategies")

    def __init__(
        self,
        node: Node,
        omits: bool,
        strategies: tuple[str, ...] = (),
        key: str = "",
        default: Any = None,
    ) -> None:
        self.default = default
        self.node = node
        self.plain = node.plain
        self.omits = omits
        self.strategies = strategies
        self.merge_key = key
