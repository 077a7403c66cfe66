"""Named formats: ``!format.dns1123Label().validate(self.name).hasValue()``.

Source: ``k8s.io/apiserver/pkg/cel/library/format.go``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from onggi.api import names
from onggi.api.cel.overloads import Overload, function, method
from onggi.api.cel.values import NONE, Optional
from onggi.api.structural.formats import holds

Check = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Format:
    TYPE: ClassVar[str] = "kubernetes.NamedFormat"
    name: str
    check: Check
    regex_size: int


def prefix(rule: Callable[[str], list[str]]) -> Check:
    """For a name that gets something appended: a dash at the end will not stay there."""
    return lambda text: rule(text[:-1] + "a" if len(text) > 1 and text.endswith("-") else text)


def shaped(name: str, otherwise: str) -> Check:
    return lambda text: [] if holds(name, text) else [otherwise]


FORMATS: dict[str, Format] = {
    "dns1123Label": Format("DNS1123Label", names.dns_label, 30),
    "dns1123Subdomain": Format("DNS1123Subdomain", names.dns_subdomain, 60),
    "dns1035Label": Format("DNS1035Label", names.dns_1035_label, 30),
    "qualifiedName": Format("QualifiedName", names.label_key, 60),
    "dns1123LabelPrefix": Format("DNS1123LabelPrefix", prefix(names.dns_label), 30),
    "dns1123SubdomainPrefix": Format("DNS1123SubdomainPrefix", prefix(names.dns_subdomain), 60),
    "dns1035LabelPrefix": Format("DNS1035LabelPrefix", prefix(names.dns_1035_label), 30),
    "labelValue": Format("LabelValue", names.label_value, 40),
    "uri": Format("URI", shaped("uri", "invalid URI for request"), 1103),
    "uuid": Format("uuid", shaped("uuid", "does not match the UUID format"), 92),
    "byte": Format("byte", shaped("byte", "invalid base64"), 84),
    "date": Format("date", shaped("date", "invalid date"), 94),
    "datetime": Format("datetime", shaped("datetime", "invalid datetime"), 94),
}


def validate(form: Format, text: str) -> Optional:
    """The complaints, or nothing."""
    problems = form.check(text)
    return Optional(problems) if problems else NONE


def named(name: str) -> Optional:
    return Optional(FORMATS[name]) if name in FORMATS else NONE


F = "kubernetes.NamedFormat"
OVERLOADS: tuple[Overload, ...] = (
    method("validate", "format-validate", f"{F}, string -> optional(list(string))", validate),
    function("format.named", "format-named", f"string -> optional({F})", named),
    *(function(f"format.{name}", f"format.{name}", f"-> {F}", lambda form=form: form)
      for name, form in FORMATS.items()),
)  # fmt: skip
