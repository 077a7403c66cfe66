"""postStart and preStop hooks. Words are upstream's (``pkg/kubelet/lifecycle/handlers.go``)."""

import asyncio

from onggi.api.gotext import quote
from onggi.api.objects import View
from onggi.node.checks import Checker, HttpFailed, Subject, Unresolved, http_request
from onggi.node.identity import pod_label
from onggi.node.runtime import RuntimeFailure

HTTP_TIMEOUT = 30.0  # seconds; the hook itself has no limit of its own


class HookFailed(Exception):
    """What failed, perhaps in the program's own words: for the status only, never for events."""


async def run_hook(checker: Checker, subject: Subject, handler: View) -> None:
    """Perform it to its end. Raises HookFailed."""
    if action := handler.get("exec"):
        await run_exec(checker, subject, action)
    elif action := handler.get("httpGet"):
        await run_http(checker, subject, action)
    elif action := handler.get("sleep"):
        await asyncio.sleep(float(action.get("seconds") or 0))
    else:
        raise HookFailed("cannot run handler: invalid handler: it has no exec, httpGet or sleep")


async def run_exec(checker: Checker, subject: Subject, action: View) -> None:
    command = list(action.get("command") or ())
    shown = " ".join(command)
    try:
        code, output = await checker.exec(subject.container_id, command, 0)
    except RuntimeFailure as error:
        why, output = str(error), ""
    else:
        if code == 0:
            return
        why = f"command '{shown}' exited with {code}: {output}"
    raise HookFailed(
        f"Exec lifecycle hook ([{shown}]) for Container {quote(subject.container['name'])} in Pod "
        f"{quote(pod_label(subject.pod))} failed - error: {why}, message: {quote(output)}"
    )


async def run_http(checker: Checker, subject: Subject, action: View) -> None:
    """Any answer is a success."""
    try:
        request = http_request(subject, action, "kube-lifecycle/1.37", HTTP_TIMEOUT)
        await checker.fetch(request)
    except (Unresolved, HttpFailed) as error:
        why = str(error)
    else:
        return
    raise HookFailed(
        f"HTTP lifecycle hook ({action.get('path') or '/'}) for Container "
        f"{quote(subject.container['name'])} in Pod {quote(pod_label(subject.pod))} "
        f"failed - error: {why}"
    )
