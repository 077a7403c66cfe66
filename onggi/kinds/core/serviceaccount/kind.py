"""ServiceAccount (v1). Tokens are asked for below it (``token``), never listed in it."""

from onggi.api.kind import Column, Kind, Subresource
from onggi.api.objects import Object, View
from onggi.kinds.cells import AGE, NAME


def prepare(account: Object, old: View | None) -> None:
    """Of the secrets that it names, only the names count."""
    secrets = account.get("secrets")
    if secrets:
        account["secrets"] = [{"name": s["name"]} if s.get("name") else {} for s in secrets]


SERVICEACCOUNT = Kind(
    group="",
    version="v1",
    name="ServiceAccount",
    plural="serviceaccounts",
    schema="io.k8s.api.core.v1.ServiceAccount",
    short=("sa",),
    status=False,
    prepare=prepare,
    columns=(
        NAME,
        Column("Secrets", lambda sa, now: len(sa.get("secrets") or ()),
               description="@io.k8s.api.core.v1.ServiceAccount.secrets"),
        AGE,
    ),
    subresources=(
        Subresource("token", "TokenRequest", ("create",), "authentication.k8s.io", "v1"),
    ),
)  # fmt: skip
