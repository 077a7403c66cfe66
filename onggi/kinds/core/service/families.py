"""Cluster addresses of a Service and their IP families: that they agree, and stay.

Source: ``pkg/apis/core/validation/validation.go`` (ValidateServiceClusterIPsRelatedFields,
validateUpgradeDowngradeClusterIPs, validateUpgradeDowngradeIPFamilies), ``pkg/registry/core/
service/storage/alloc.go`` (what a single-stack cluster cannot give).
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, duplicate, invalid, not_supported, required
from onggi.api.objects import View
from onggi.kinds.addresses import check_address, is_dual, is_ipv6
from onggi.kinds.core.service.prepare import EXTERNAL, is_headless

ADDRESSES, FAMILIES = "spec.clusterIPs", "spec.ipFamilies"
POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
FIXED = "may not change once set"


def check_addresses(spec: View) -> Iterator[FieldError]:
    if spec.get("type") == EXTERNAL:
        return
    one, many = spec.get("clusterIP") or "", list(spec.get("clusterIPs") or ())
    if one and not many:
        yield required(ADDRESSES)
    elif one and many[0] != one:
        yield invalid(ADDRESSES, many, "first value must match `clusterIP`")
    elif many and not one:
        yield invalid(ADDRESSES, many, "must be empty when `clusterIP` is not specified")
    families = list(spec.get("ipFamilies") or ())
    yield from check_families(families, spec)
    policy = spec.get("ipFamilyPolicy")
    if policy is not None and policy not in POLICIES:
        yield not_supported("spec.ipFamilyPolicy", policy, POLICIES)
    if errors := list(check_each(many)):
        yield from errors
        return
    if len(many) > 1 and not is_dual(many):
        yield invalid(ADDRESSES, many, "may specify no more than one IP for each IP family")
    if is_headless(spec):
        return
    for index, (address, family) in enumerate(zip(many, families, strict=False)):
        if is_ipv6(address) != (family == "IPv6"):
            detail = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            yield invalid(f"{ADDRESSES}[{index}]", address, detail)


def check_each(many: list[str]) -> Iterator[FieldError]:
    for index, address in enumerate(many):
        if index == 0 and address == "None":
            if len(many) > 1:
                yield invalid(ADDRESSES, many, "'None' must be the first and only value")
        else:
            yield from check_address(address, f"{ADDRESSES}[{index}]")
    if len(many) > 2:
        yield invalid(ADDRESSES, many, "may only hold up to 2 values")


def check_families(families: list[str], spec: View) -> Iterator[FieldError]:
    for index, family in enumerate(families):
        at = f"{FAMILIES}[{index}]"
        if family not in ("IPv4", "IPv6"):
            yield not_supported(at, family, ("IPv4", "IPv6"))
        if family in families[:index]:
            yield duplicate(at, family)
    if is_headless(spec) and not spec.get("selector"):
        return  # its endpoints are somebody else's
    if spec.get("ipFamilyPolicy") == "RequireDualStack":
        detail = "this cluster is not configured for dual-stack services"
        yield invalid("spec.ipFamilyPolicy", "RequireDualStack", detail)
    elif "IPv6" in families:
        index = families.index("IPv6")
        yield invalid(f"{FAMILIES}[{index}]", "IPv6", "not configured on this cluster")


def check_changes(spec: View, before: View) -> Iterator[FieldError]:
    """The primary address and family stay; a secondary one may come and go."""
    if EXTERNAL in (spec.get("type"), before.get("type")):
        return
    if is_headless(spec) and is_headless(before):
        return
    yield from check_kept("clusterIPs", spec, before)
    if is_headless(spec) == is_headless(before):
        yield from check_kept("ipFamilies", spec, before)


def check_kept(field: str, spec: View, before: View) -> Iterator[FieldError]:
    new, old = list(spec.get(field) or ()), list(before.get(field) or ())
    path, word = f"spec.{field}", field.removesuffix("s").replace("ipFamilie", "ipFamily")
    if len(new) == len(old):
        for index in range(len(old)):
            if new[index] != old[index]:
                at = f"{path}[{index if field == 'clusterIPs' else 0}]"
                yield invalid(at, new, FIXED)
        return
    if not new:
        yield invalid(f"{path}[0]", new, f"primary {word} can not be unset")
    elif old and new[0] != old[0]:
        yield invalid(f"{path}[0]", new, FIXED)
    if len(new) == 1 < len(old) and spec.get("ipFamilyPolicy") != "SingleStack":
        detail = f"must be set to 'SingleStack' when releasing the secondary {word}"
        yield invalid("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), detail)
