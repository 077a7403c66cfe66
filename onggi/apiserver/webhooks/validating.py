"""ValidatingAdmissionWebhook: all at the same time, about the object as it will be written.

Source: ``k8s.io/apiserver/pkg/admission/plugin/webhook/validating/dispatcher.go``.
"""

import asyncio

from onggi.api.errors import StatusError
from onggi.apiserver.admission import Review
from onggi.apiserver.webhooks.hook import Hooks
from onggi.apiserver.webhooks.panel import VALIDATING, Call, Panel, due
from onggi.store.store import Store

RESOURCE = "validatingwebhookconfigurations.admissionregistration.k8s.io"
FAILED_OPEN = "failed-open.validating.webhook.admission.k8s.io/"


class ValidatingWebhooks:
    """``onggi.apiserver.admission.Stage``."""

    def __init__(self, store: Store, panel: Panel) -> None:
        self._hooks, self._panel = Hooks(store, RESOURCE), panel

    def due(self, review: Review) -> bool:
        return due(self._hooks(), review)

    async def run(self, review: Review) -> None:
        """Raises the first refusal, once all have answered."""
        calls = [call async for _, call in self._panel.concerned(review, self._hooks())]
        if not calls:
            return
        refusals: dict[int, StatusError] = {}

        async def ask(index: int, call: Call) -> None:
            try:
                await call.make(VALIDATING, f"{FAILED_OPEN}round_0_index_{index}")
            except StatusError as refused:
                refusals[index] = refused

        async with asyncio.TaskGroup() as group:
            for index, call in enumerate(calls):
                group.create_task(ask(index, call))
        if refusals:
            raise refusals[min(refusals)]
