"""A small operator: it restarts Deployments when a ConfigMap that they use changes.

Written with the public library kr8s. Run it against any cluster:

    KUBECONFIG=… python reloader.py

A Deployment opts in with the annotation ``reloader.example.dev/config: NAME``. The operator
keeps a digest of that ConfigMap in the pod template, so a change of the data is a rollout.
"""

import asyncio
import hashlib
import json
from typing import Any

import kr8s.asyncio
from kr8s.asyncio.objects import ConfigMap, Deployment

WANTS = "reloader.example.dev/config"
DIGEST = "reloader.example.dev/digest"


def digest(config: dict[str, Any]) -> str:
    text = json.dumps([config.get("data", {}), config.get("binaryData", {})], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def reconcile(config: ConfigMap) -> list[str]:
    """Bring every Deployment that wants this ConfigMap up to date; the names of the changed."""
    wanted, changed = digest(config.raw), []
    async for deployment in Deployment.list(namespace=config.namespace, api=config.api):
        if deployment.annotations.get(WANTS) != config.name:
            continue
        template = deployment.spec.template.metadata
        if template.get("annotations", {}).get(DIGEST) != wanted:
            patch = {"spec": {"template": {"metadata": {"annotations": {DIGEST: wanted}}}}}
            await deployment.patch(patch)
            changed.append(deployment.name)
    return changed


async def main() -> None:
    api = await kr8s.asyncio.api()
    async for _, config in api.watch("configmaps", namespace=kr8s.ALL):
        for name in await reconcile(config):
            print(f"{config.namespace}/{config.name} changed: restarted {name}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
