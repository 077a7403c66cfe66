"""``pods/NAME/eviction``: a deletion that asks the pod's disruption budget first.

What is decided is in ``onggi.kinds.policy.poddisruptionbudget.eviction``. Source:
``pkg/registry/core/pod/storage/eviction.go``.
"""

from onggi.api.errors import BadRequest, NotFound, StatusError
from onggi.api.http import Answer, Response
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver import respond, strategy
from onggi.apiserver.admission import CREATE, Review
from onggi.apiserver.body import decoded
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.deletion import DeleteOptions, check_preconditions, decide, options_of
from onggi.apiserver.options import write_options
from onggi.apiserver.status import outcome
from onggi.apiserver.verbs.delete import end
from onggi.apiserver.verbs.rewrite import rewrite
from onggi.kinds.core.pod import POD
from onggi.kinds.policy.poddisruptionbudget import PODDISRUPTIONBUDGET
from onggi.kinds.policy.poddisruptionbudget.eviction import (
    announced,
    budgets_of,
    is_free,
    is_no_loss,
    processing,
    spent,
)
from onggi.store.store import Key, Missing, Record, Stale

EVICTION = Kind(
    group="policy",
    version="v1",
    name="Eviction",
    plural="evictions",
    schema="io.k8s.api.policy.v1.Eviction",
    verbs=("create",),
    virtual=True,
    status=False,
)
TOO_MANY = (
    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
    "support."
)


async def evict(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "CreateOptions")
    eviction = decoded(backend, call, EVICTION, options)
    strategy.match_namespace(eviction, call.namespace)
    if eviction["metadata"].get("name") != call.target.name:
        raise BadRequest("name in URL does not match name in Eviction object")
    wanted = options_of(eviction.get("deleteOptions") or {}, call.request)
    review = Review(
        CREATE, call, eviction, None, backend.clock(), dry_run=wanted.dry_run, about=EVICTION
    )
    await backend.admission.admit(review)
    await backend.admission.validate(review)
    body = await _evict(backend, call, wanted)
    return Response(status=201, body=body, headers=respond.warned(call))


async def _evict(backend: Backend, call: Call, options: DeleteOptions) -> Object:
    pod = present(backend, call)
    name = pod.key.name
    if is_free(pod.object):
        await _remove(backend, call, pod, options)
        return outcome("Success", 201)
    found = budgets_of(pod.object, budgets(backend, call.namespace))
    if len(found) > 1:
        return outcome("Failure", 500) | {"message": TOO_MANY}
    if found and is_no_loss(pod.object, found[0]):
        loses = processing(found[0]["metadata"]["name"])  # it may have become ready since
        await _remove(backend, call, pod, options, changed=loses)
        return outcome("Success", 201)
    check_preconditions(POD, pod.object, options)
    if found:
        key = Key(PODDISRUPTIONBUDGET.resource, call.namespace, found[0]["metadata"]["name"])
        await rewrite(
            backend.store,
            key,
            lambda pdb: spent(pdb, name, backend.clock()),
            dry_run=options.dry_run,
        )
    await _remove(backend, call, pod, options)
    return outcome("Success", 201)


def present(backend: Backend, call: Call) -> Record:
    found = backend.store.get(call.key)
    if found is None:
        raise NotFound(POD.resource, call.target.name)
    return found


def budgets(backend: Backend, namespace: str) -> list[View]:
    return [record.object for record in backend.store.list(PODDISRUPTIONBUDGET.resource, namespace)]


async def _remove(
    backend: Backend,
    call: Call,
    pod: Record,
    options: DeleteOptions,
    changed: StatusError | None = None,
) -> None:
    """Delete the pod, saying why; ``changed`` is raised if it is no longer as it was seen."""
    while True:
        now = backend.clock()
        check_preconditions(POD, pod.object, options)
        outcome = decide(POD, announced(pod.object, now), options, now)
        if options.dry_run:
            return
        try:
            if outcome.mark is not None:
                record = await backend.store.update(pod.key, outcome.mark, revision=pod.revision)
                pod = record
            if outcome.end:
                await end(backend, call, pod)
            return
        except (Stale, Missing):
            if changed:
                raise changed from None
            pod = present(backend, call)
