"""What is posted below an object: bindings of pods, tokens of service accounts.

Sources: ``pkg/registry/core/pod/storage`` (BindingREST),
``pkg/registry/core/serviceaccount/storage/token.go``.
"""

from onggi.api.errors import Conflict, Invalid, NoSuchPath, NotFound
from onggi.api.field_error import FieldError, not_supported, required
from onggi.api.http import Answer, Response
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, clone, get
from onggi.api.times import stamp
from onggi.apiserver import respond, strategy
from onggi.apiserver.admission import CREATE, Review
from onggi.apiserver.body import decoded
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.options import write_options
from onggi.apiserver.status import outcome
from onggi.apiserver.verbs.rewrite import rewrite
from onggi.store.store import Key

BINDING = Kind(
    group="",
    version="v1",
    name="Binding",
    plural="bindings",
    schema="io.k8s.api.core.v1.Binding",
    verbs=("create",),
    virtual=True,
    status=False,
)
TOKEN_REQUEST = Kind(
    group="authentication.k8s.io",
    version="v1",
    name="TokenRequest",
    plural="serviceaccounts",
    schema="io.k8s.api.authentication.v1.TokenRequest",
    verbs=("create",),
    virtual=True,
    status=False,
)


async def bind(backend: Backend, call: Call) -> Answer:
    """``pods/NAME/binding``, and ``bindings`` with the pod's name inside."""
    options = write_options(call.request, "CreateOptions")
    binding = decoded(backend, call, BINDING, options)
    strategy.match_namespace(binding, call.namespace)
    meta = binding["metadata"]
    if call.target.name:
        meta.setdefault("name", call.target.name)
        strategy.match_name(binding, call.target.name)
    review = Review(
        CREATE, call, binding, None, backend.clock(), dry_run=options.dry_run, about=BINDING
    )
    await backend.admission.admit(review)
    if errors := check_binding(binding):
        raise Invalid("Binding", meta.get("name", ""), errors)
    await backend.admission.validate(review)
    await _assign(backend, call, binding, options.dry_run)
    return Response(status=201, body=outcome("Success", 201), headers=respond.warned(call))


def check_binding(binding: View) -> list[FieldError]:
    target = binding.get("target") or {}
    errors = []
    if target.get("kind") not in ("Node", "", None):
        errors.append(not_supported("target.kind", target["kind"], ("Node", "<empty>")))
    if not target.get("name"):
        errors.append(required("target.name"))
    return errors


async def _assign(backend: Backend, call: Call, binding: View, dry_run: bool) -> None:
    name = binding["metadata"].get("name", "")
    key = Key("pods", call.namespace, name)

    def change(pod: View) -> Object:
        return assigned(pod, binding, stamp(backend.clock()))

    if not await rewrite(backend.store, key, change, dry_run=dry_run):
        raise NotFound("pods", name)


def assigned(old: View, binding: View, now: str) -> Object:
    """The pod on its node; raises Conflict where it may not or cannot be."""
    meta, name = old["metadata"], old["metadata"]["name"]
    why = ""
    if "deletionTimestamp" in meta:
        why = f"pod {name} is being deleted, cannot be assigned to a host"
    elif node := get(old, "spec.nodeName"):
        why = f'pod {name} is already assigned to node "{node}"'
    elif get(old, "spec.schedulingGates"):
        why = f"pod {name} has non-empty .spec.schedulingGates"
    uid = binding["metadata"].get("uid")
    if uid and uid != meta["uid"]:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {meta['uid']}"
    if why:
        raise Conflict("pods/binding", name, why)
    pod = clone(old)
    pod["spec"]["nodeName"] = binding["target"]["name"]
    if annotations := binding["metadata"].get("annotations"):
        pod["metadata"].setdefault("annotations", {}).update(annotations)
    if labels := binding["metadata"].get("labels"):
        pod["metadata"]["labels"] = {**labels, **(meta.get("labels") or {})}
    status = pod.setdefault("status", {})
    others = [c for c in status.get("conditions") or () if c.get("type") != "PodScheduled"]
    scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": now}
    status["conditions"] = [*others, scheduled]
    return pod


async def token(backend: Backend, call: Call) -> Answer:
    """``serviceaccounts/NAME/token``."""
    if backend.tokens is None:
        raise NoSuchPath
    options = write_options(call.request, "CreateOptions")
    request, now = decoded(backend, call, TOKEN_REQUEST, options), backend.clock()
    review = Review(CREATE, call, request, None, now, dry_run=options.dry_run, about=TOKEN_REQUEST)
    await backend.admission.admit(review)
    await backend.admission.validate(review)
    made = backend.tokens.create(call.namespace, call.target.name, request, now)
    return Response(status=201, body=made, headers=respond.warned(call))
