"""What calls on lists and sets may cost.

Source: ``cel-go/ext`` (lists.go, sets.go; estimate… and OverloadCostEstimate).
"""

from collections.abc import Sequence

from onggi.api.cel.arguments import Argument, Estimate, Estimated, Target
from onggi.api.cel.costs import LIST, TRAVERSAL
from onggi.api.cel.sizes import MOST, ONE, Range, fixed


def allocating(size: Range, factor: float = 1) -> Estimated:
    """A new list."""
    return Estimated(size.scaled(factor).plus(fixed(1 + LIST)), size)


def number(arg: Argument, otherwise: int) -> int:
    """The value of an integer literal."""
    return max(arg.constant, 0) if type(arg.constant) is int else otherwise


def slicing(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if target is None or len(args) != 2:
        return None
    start, end = number(args[0], 0), number(args[1], target.known.max)
    return allocating(fixed((end - start) % 2**64))


def ranging(target: Target, args: Sequence[Argument]) -> Estimated | None:
    return allocating(fixed(number(args[0], MOST))) if target is None else None


def flattening(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if target is None:
        return None
    return allocating(target.known, float(number(args[0], MOST)) if args else 1)


def reversing(target: Target, args: Sequence[Argument]) -> Estimated | None:
    return None if target is None else allocating(target.known)


def distinguishing(target: Target, args: Sequence[Argument]) -> Estimated | None:
    return None if target is None else allocating(target.known.times(target.known), 2)


def sorting(target: Target, args: Sequence[Argument]) -> Estimated | None:
    """By its own elements, or by the keys in another list."""
    keys = args[0] if args else target
    if target is None or keys is None:
        return None
    texts = bool(keys.type.params) and keys.type.params[0].kind in ("string", "bytes")
    return allocating(keys.known.times(keys.known), 2 + TRAVERSAL if texts else 2)


def between_sets(factor: int) -> Estimate:
    def rule(target: Target, args: Sequence[Argument]) -> Estimated | None:
        if len(args) != 2:
            return None
        return Estimated(args[0].known.times(args[1].known).scaled(factor).plus(ONE))

    return rule


LISTS: dict[str, Estimate] = {
    "list_slice": slicing,
    "lists_range": ranging,
    "list_flatten": flattening,
    "list_flatten_int": flattening,
    "list_reverse": reversing,
    "list_distinct": distinguishing,
    "list_sets_contains_list": between_sets(1),
    "list_sets_intersects_list": between_sets(1),
    "list_sets_equivalent_list": between_sets(2),
}
