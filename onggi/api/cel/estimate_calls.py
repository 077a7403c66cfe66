"""What a call may cost: a table by function, one by overload, and 1 for all others.

Source: ``k8s.io/apiserver/pkg/cel/library/cost.go`` (EstimateCallCost), then
``cel-go/checker/cost.go`` (functionCost).
"""

from collections.abc import Sequence

from onggi.api.cel.arguments import Argument, Estimate, Estimated, Target
from onggi.api.cel.costs import CHECK, FORMAT_REGEX, LIST, REGEX, STRUCT, TRAVERSAL
from onggi.api.cel.estimate_lists import LISTS, sorting
from onggi.api.cel.sizes import MOST, ONE, Range, fixed

ADDRESS = Range(4, 16)  # bytes of an IP address


def call_cost(function: str, overload: str, target: Target, args: Sequence[Argument]) -> Estimated:
    by_overload = OVERLOADS_FIRST.get(overload)
    for rule in (by_overload, FUNCTIONS.get(function), OVERLOADS.get(overload)):
        if rule is not None and (found := rule(target, args)) is not None:
            return found
    return Estimated(ONE)


def always(cost: int) -> Estimate:
    return lambda target, args: Estimated(fixed(cost))


def walked(target: Target, args: Sequence[Argument]) -> Estimated | None:
    """Each element once; strings among them character by character."""
    if target is None:
        return None
    item = target.item()
    if item is None:
        return Estimated(target.known.scaled(TRAVERSAL))
    each = ONE
    if item.type.kind in ("string", "bytes"):
        each = each.plus(item.known.scaled(TRAVERSAL))
    return Estimated(target.known.times(each))


def first(sized: bool = False, factor: float = TRAVERSAL) -> Estimate:
    """Once over the first argument; ``sized``: the result is as long."""

    def rule(target: Target, args: Sequence[Argument]) -> Estimated | None:
        if not args:
            return None
        size = args[0].known
        return Estimated(size.scaled(factor), size if sized else None)

    return rule


def own(target: Target, args: Sequence[Argument]) -> Estimated | None:
    """Once over the target; the result is as long."""
    return None if target is None else Estimated(target.known.scaled(TRAVERSAL), target.known)


def replacing(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if target is None or len(args) < 2:
        return None
    size, old, new = target.known, args[0].known, args[1].known
    most, kept_most = replaced(size.max, old.min, new.max <= old.min)
    least, kept_least = replaced(size.min, old.max, old.max <= new.min)
    result = Range(least, most).times(new).plus(Range(kept_least, kept_most))
    return Estimated(size.scaled(2 * TRAVERSAL), result)


def replaced(size: int, old: int, keeps: bool) -> tuple[int, int]:
    """How often something is replaced, and how much stays."""
    if old == 0:
        return min(size + 1, MOST), size
    if keeps:
        return 0, size
    return Range(size, size).scaled(1 / old).max if size == MOST else -(-size // old), 0


def splitting(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if target is None:
        return None
    most = target.known.max
    if len(args) > 1 and type(args[1].constant) is int:
        most = args[1].constant % 2**64
    return Estimated(target.known.scaled(2 * TRAVERSAL), Range(0, most))


def joining(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if target is None:
        return None
    count = target.known
    item = target.item()
    size = count.times(item.known) if item else fixed(0)
    if args:
        between = Range(max(count.min - 1, 0), max(count.max - 1, 0))
        size = size.plus(args[0].known.times(between))
    return Estimated(size.scaled(TRAVERSAL), size)


def finding(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if target is None or not args:
        return None
    cost = pattern_cost(target, args)
    return Estimated(cost, Range(0, target.known.max))


def pattern_cost(target: Argument, args: Sequence[Argument]) -> Range:
    text = target.known.plus(ONE).scaled(TRAVERSAL)
    return text.times(args[0].known.scaled(REGEX))


def matching(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if target is None or len(args) != 1:
        return None
    return Estimated(pattern_cost(target, args))


def containing(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if target is None or len(args) != 1:
        return None
    return Estimated(target.known.scaled(TRAVERSAL).times(args[0].known.scaled(TRAVERSAL)))


def in_network(parsed: bool, network: bool) -> Estimate:
    def rule(target: Target, args: Sequence[Argument]) -> Estimated | None:
        cost = ADDRESS.plus(ADDRESS).scaled(TRAVERSAL)
        if network:
            cost = cost.plus(ADDRESS.scaled(TRAVERSAL)).plus(ONE)
        if parsed:
            cost = cost.plus(args[0].known.scaled(TRAVERSAL))
        return Estimated(cost)

    return rule


def validating(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if not args:
        return None
    return Estimated(args[0].known.scaled(TRAVERSAL).scaled(FORMAT_REGEX * REGEX))


def selecting(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if len(args) != 1:
        return None
    length = args[0].known
    requirements = length.scaled(0.5).scaled(LIST + STRUCT)
    return Estimated(fixed(LIST).plus(length.scaled(TRAVERSAL)).plus(requirements))


def equality(target: Target, args: Sequence[Argument]) -> Estimated | None:
    """Kubernetes' own types have prices of their own."""
    if len(args) != 2 or args[0].type != args[1].type:
        return None
    return EQUALITY.get(args[0].type.name)


def shorter(target: Target, args: Sequence[Argument]) -> Estimated | None:
    most = min(args[0].known.max, args[1].known.max)
    return Estimated(Range(1 if most > 0 else 0, most).scaled(TRAVERSAL))


def member_of(target: Target, args: Sequence[Argument]) -> Estimated | None:
    return Estimated(args[1].known.scaled(1)) if len(args) == 2 else None


def adding(walks: bool) -> Estimate:
    def rule(target: Target, args: Sequence[Argument]) -> Estimated | None:
        if len(args) != 2:
            return None
        size = args[0].known.plus(args[1].known)
        return Estimated(size.scaled(TRAVERSAL) if walks else ONE, size)

    return rule


def encoding(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if len(args) != 1:
        return None
    size = args[0].known
    return Estimated(size.scaled(TRAVERSAL), Range(size.min, min(size.max * 4, MOST)))


def decoding(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if len(args) != 1:
        return None
    size = args[0].known
    return Estimated(size.scaled(TRAVERSAL), Range(size.min // 4, size.max))


def quoting(target: Target, args: Sequence[Argument]) -> Estimated | None:
    if len(args) != 1:
        return None
    size = args[0].known
    return Estimated(size.scaled(TRAVERSAL), Range(size.min + 2, min(size.max * 2 + 2, MOST)))


def formatting(target: Target, args: Sequence[Argument]) -> Estimated | None:
    return None if target is None else Estimated(target.known.scaled(TRAVERSAL))


EQUALITY = {
    name: Estimated(ONE)
    for name in (
        "net.IP", "net.CIDR", "kubernetes.Quantity", "kubernetes.Semver",
        "kubernetes.authorization.Authorizer", "kubernetes.authorization.PathCheck",
        "kubernetes.authorization.GroupCheck", "kubernetes.authorization.ResourceCheck",
        "kubernetes.authorization.Decision",
    )
} | {
    "kubernetes.NamedFormat": Estimated(Range(1, 64).scaled(TRAVERSAL)),
    "kubernetes.URL": Estimated(ONE),
}  # fmt: skip
FUNCTIONS: dict[str, Estimate] = {
    "check": always(CHECK),
    "fieldSelector": selecting,
    "labelSelector": selecting,
    "url": first(sized=True),
    "jsonpatch.escapeKey": first(sized=True),
    "replace": replacing,
    "split": splitting,
    "join": joining,
    "find": finding,
    "findAll": finding,
    "ip.isCanonical": first(factor=2 * TRAVERSAL),
    "validate": validating,
    "_==_": equality,
}
FUNCTIONS |= dict.fromkeys(
    ("serviceAccount", "path", "group", "resource", "subresource", "namespace", "name", "allowed",
     "reason", "error", "errored", "masked", "prefixLength", "family", "isUnspecified",
     "isLoopback", "isLinkLocalMulticast", "isLinkLocalUnicast", "isGlobalUnicast",
     "format.named", "sign", "asInteger", "isInteger", "asApproximateFloat", "isGreaterThan",
     "isLessThan", "compareTo", "add", "sub", "major", "minor", "patch", "getScheme",
     "getHostname", "getHost", "getPort", "getEscapedPath", "getQuery"), always(1),
)  # fmt: skip
FUNCTIONS |= dict.fromkeys(
    ("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf", "includes"), walked
)
FUNCTIONS |= dict.fromkeys(("lowerAscii", "upperAscii", "substring", "trim"), own)
FUNCTIONS |= dict.fromkeys(
    ("cidr", "isIP", "isCIDR", "ip", "quantity", "isQuantity", "semver", "isSemver"), first()
)
FUNCTIONS |= dict.fromkeys(("sort", "@sortByAssociatedKeys"), sorting)
OVERLOADS_FIRST: dict[str, Estimate] = {
    **LISTS,
    "cidr_ip": always(1),
    "cidr_contains_ip_ip": in_network(parsed=False, network=False),
    "cidr_contains_ip_string": in_network(parsed=True, network=False),
    "cidr_contains_cidr": in_network(parsed=False, network=True),
    "cidr_contains_cidr_string": in_network(parsed=True, network=True),
}
ORDERS = ("less", "greater", "less_equals", "greater_equals")
OVERLOADS: dict[str, Estimate] = {
    "string_format": formatting,
    "string_to_bytes": encoding,
    "bytes_to_string": decoding,
    "strings_quote": quoting,
    "starts_with_string": first(),
    "ends_with_string": first(),
    "in_list": member_of,
    "matches_string": matching,
    "contains_string": containing,
    "add_string": adding(walks=True),
    "add_bytes": adding(walks=True),
    "add_list": adding(walks=False),
    "equals": shorter,
    "not_equals": shorter,
}
OVERLOADS |= {f"{order}_{kind}": shorter for order in ORDERS for kind in ("string", "bytes")}
