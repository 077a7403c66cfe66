"""DeviceClass (resource.k8s.io/v1): a name for devices of one sort.

Source: ``pkg/apis/resource/validation/validation.go`` (validateDeviceClassSpec).
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, invalid
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.core.pod.rules.resources import is_extended
from onggi.kinds.resource.requests import MOST, check_selectors
from onggi.kinds.resource.values import advise, check_configuration, check_list


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    yield from check_selectors(spec.get("selectors") or (), "spec.selectors")
    configs = spec.get("config") or ()
    yield from check_list(configs, MOST, check_configuration, "spec.config", None)
    name = spec.get("extendedResourceName")
    if name is not None and not is_extended(name):
        detail = "must be a valid extended resource name"
        yield invalid("spec.extendedResourceName", name, detail)


DEVICECLASS = Kind(
    group="resource.k8s.io",
    version="v1",
    name="DeviceClass",
    plural="deviceclasses",
    schema="io.k8s.api.resource.v1.DeviceClass",
    namespaced=False,
    status=False,
    rules=(check,),
    advice=(advise,),
    columns=(NAME, AGE),
)
