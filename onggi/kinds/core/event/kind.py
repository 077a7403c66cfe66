"""Event (v1): something that happened to an object. The face that is stored.

``onggi.kinds.events.event`` is the other face of the same objects.
"""

from onggi.api.kind import Default, Kind
from onggi.kinds.core.event.columns import COLUMNS
from onggi.kinds.core.event.rules import check_core

SELECTABLE = (
    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
    "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
    "involvedObject.fieldPath", "reason", "reportingComponent", "type",
)  # fmt: skip
EVENT = Kind(
    group="",
    version="v1",
    name="Event",
    plural="events",
    schema="io.k8s.api.core.v1.Event",
    short=("ev",),
    status=False,
    defaults=(
        Default("source", {}),
        Default("reportingComponent", ""),
        Default("reportingInstance", ""),
    ),
    rules=(check_core,),
    columns=COLUMNS,
    selectable={path: path for path in SELECTABLE}
    | {"source": "source.component|reportingComponent"},
)
