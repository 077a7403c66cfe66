"""Secret (v1): like a ConfigMap, with a type that says which keys it must have."""

import base64
import json
from collections.abc import Iterator, Mapping

from onggi.api.field_error import FieldError, immutable, invalid, required, too_long
from onggi.api.kind import Column, Default, Kind
from onggi.api.names import config_key
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.core.configmap import SIZE_LIMIT, decoded_size, stays

TOKEN_TYPE = "kubernetes.io/service-account-token"  # noqa: S105
ACCOUNT_NAME = "kubernetes.io/service-account.name"
ACCOUNT_UID = "kubernetes.io/service-account.uid"
JSON_KEYS = {
    "kubernetes.io/dockercfg": ".dockercfg",
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
}
REDACTED = "<secret contents redacted>"


def store_strings(secret: Object) -> None:
    """``stringData`` is for writing only: it becomes ``data``."""
    strings = secret.pop("stringData", None)
    if not isinstance(strings, Mapping) or not strings:
        return
    if secret.get("data") is None:
        secret["data"] = {}
    for key, value in strings.items():
        secret["data"][key] = base64.b64encode(str(value).encode()).decode()


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ValidateSecret, ValidateSecretUpdate."""
    if old is not None and new.get("type") != old.get("type"):
        yield immutable("type", new.get("type", ""))
    data = new.get("data") or {}
    for key in data:
        for message in config_key(key):
            yield invalid(f"data[{key}]", key, message)
    if sum(map(decoded_size, (value or "" for value in data.values()))) > SIZE_LIMIT:
        yield too_long("data", SIZE_LIMIT)
    yield from check_type(new, data)


def check_type(secret: View, data: Mapping[str, str]) -> Iterator[FieldError]:
    match secret.get("type"):
        case "kubernetes.io/service-account-token":
            if not (get(secret, "metadata.annotations") or {}).get(ACCOUNT_NAME):
                yield required(f"metadata.annotations[{ACCOUNT_NAME}]")
        case "kubernetes.io/dockercfg" | "kubernetes.io/dockerconfigjson" as type:
            yield from check_json(data, JSON_KEYS[type])
        case "kubernetes.io/basic-auth":
            if "username" not in data and "password" not in data:
                yield required("data[username]")
                yield required("data[password]")
        case "kubernetes.io/ssh-auth":
            if not data.get("ssh-privatekey"):
                yield required("data[ssh-privatekey]")
        case "kubernetes.io/tls":
            for key in ("tls.crt", "tls.key"):
                if key not in data:
                    yield required(f"data[{key}]")


def check_json(data: Mapping[str, str], key: str) -> Iterator[FieldError]:
    if key not in data:
        yield required(f"data[{key}]")
        return
    try:
        content = json.loads(base64.b64decode(data[key] or ""))
    except ValueError as error:
        yield invalid(f"data[{key}]", REDACTED, str(error))
        return
    if content is not None and not isinstance(content, dict):
        yield invalid(f"data[{key}]", REDACTED, "json: cannot unmarshal into Go value of type map")


SECRET = Kind(
    group="",
    version="v1",
    name="Secret",
    plural="secrets",
    schema="io.k8s.api.core.v1.Secret",
    status=False,
    defaults=(Default("type", "Opaque"),),
    derived=(store_strings,),
    rules=(stays, check),
    columns=(
        NAME,
        Column("Type", "type", description="@io.k8s.api.core.v1.Secret.type"),
        Column("Data", lambda s, now: len(s.get("data") or ()),
               description="@io.k8s.api.core.v1.Secret.data"),
        AGE,
    ),
    selectable={"type": "type"},
)  # fmt: skip
