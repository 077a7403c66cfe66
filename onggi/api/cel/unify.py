"""Whether one type fits another, and what its parameters then stand for.

Source: ``cel-go/checker/types.go``. A ``Bindings`` is what is known of type parameters; an
attempt that fails leaves it as it was.
"""

from collections.abc import Sequence

from onggi.api.cel.types import DYN, Type, has_params, is_dyn

NULLABLE = ("opaque", "struct", "timestamp", "duration")
NESTED = ("opaque", "list", "map")


class Bindings:
    """Type parameters and what stands for them; fresh parameters on demand."""

    def __init__(self) -> None:
        self.bound: dict[Type, Type] = {}
        self.fresh = 0

    def parameter(self) -> Type:
        self.fresh += 1
        return Type("param", f"_var{self.fresh - 1}")

    def assignable(self, one: Type, other: Type) -> bool:
        return self.all_assignable((one,), (other,))

    def all_assignable(self, ones: Sequence[Type], others: Sequence[Type]) -> bool:
        before = dict(self.bound)
        if self._lists(ones, others):
            return True
        self.bound = before
        return False

    def resolve(self, t: Type, dyn: bool = False) -> Type:
        """``t`` with what its parameters stand for; the rest become ``dyn`` if asked to."""
        if not has_params(t):
            return t
        if t in self.bound:
            return self.resolve(self.bound[t], dyn)
        if t.kind == "param":
            return DYN if dyn else t
        return Type(t.kind, t.name, tuple(self.resolve(inner, dyn) for inner in t.params))

    def instance(self, types: Sequence[Type]) -> list[Type]:
        """``types`` with parameters of their own."""
        own: dict[str, Type] = {}
        return [self._renamed(t, own) for t in types]

    def _renamed(self, t: Type, own: dict[str, Type]) -> Type:
        if t.kind == "param":
            if t.name not in own:
                own[t.name] = self.parameter()
            return own[t.name]
        if not t.params:
            return t
        return Type(t.kind, t.name, tuple(self._renamed(inner, own) for inner in t.params))

    def _lists(self, ones: Sequence[Type], others: Sequence[Type]) -> bool:
        return len(ones) == len(others) and all(map(self._fits, ones, others))

    def _fits(self, one: Type, other: Type) -> bool:
        if other.kind == "param":
            valid, known = self._substitutes(one, other)
            if valid or known:
                return valid
        if one.kind == "param":
            return self._substitutes(other, one)[0]
        if one == other or _wild(one) or _wild(other):
            return True
        if one.kind == "null" or other.kind == "null":
            rest = other if one.kind == "null" else one
            return rest.kind in NULLABLE or rest.kind == "null"
        if one.kind == "type":
            return other.kind == "type"
        if one.kind not in NESTED or one.kind != other.kind or one.name != other.name:
            return False
        return self._lists(one.params, other.params)

    def _substitutes(self, t: Type, parameter: Type) -> tuple[bool, bool]:
        """Whether ``t`` may stand for ``parameter``, and whether something stood for it before."""
        if t == parameter:
            return True, True
        before = self.bound.get(parameter)
        if before is None:
            if not self._absent(parameter, t):
                return False, False
            self.bound[parameter] = t
            return True, False
        if t == before:
            return True, True
        if not self._fits(t, before):
            return False, True
        wider = most_general(t, before)
        if self._absent(parameter, wider):
            self.bound[parameter] = wider
        return True, True

    def _absent(self, parameter: Type, t: Type) -> bool:
        """``parameter`` does not occur within ``t``."""
        if t == parameter:
            return False
        if t.kind == "param":
            return t not in self.bound or self._absent(parameter, self.bound[t])
        return all(self._absent(parameter, inner) for inner in t.params)


def _wild(t: Type) -> bool:
    return t.kind in ("dyn", "error")


def most_general(one: Type, other: Type) -> Type:
    """The wider of two that fit each other."""
    return one if _no_narrower(one, other) else other


def _no_narrower(one: Type, other: Type) -> bool:
    if is_dyn(one) or one.kind == "param":
        return True
    if is_dyn(other) or other.kind == "param" or one.kind != other.kind:
        return False
    if one.kind == "type":
        return True
    if one.kind in NESTED:
        same = one.name == other.name and len(one.params) == len(other.params)
        return same and all(map(_no_narrower, one.params, other.params))
    return one == other
