"""What a node may ask for, and what anybody may: the rules of the cluster's own signers.

Sources: ``pkg/apis/certificates/helpers.go`` (ValidateKubeletClientCSR,
ValidateKubeletServingCSR), ``pkg/controller/certificates/signer/signer.go``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography.x509 import CertificateSigningRequest

NODES, NODE = "system:nodes", "system:node:"
SERVING = {"digital signature", "key encipherment", "server auth"}
CLIENT = {"digital signature", "key encipherment", "client auth"}
# Whether its key encrypts depends on its kind: an elliptic one does not.
OPTIONAL = {"key encipherment"}


class Asked(NamedTuple):
    """What a request says, and what it is for."""

    common_name: str
    organizations: Sequence[str]
    names: Sequence[str]
    emails: Sequence[str]
    addresses: Sequence[str]
    uris: Sequence[str]
    usages: Sequence[str]


def asked(request: "CertificateSigningRequest", usages: Sequence[str]) -> Asked:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        found = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        found = x509.SubjectAlternativeName([])
    subject = request.subject
    common = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Asked(
        str(common[-1].value) if common else "",
        [str(o.value) for o in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)],
        found.get_values_for_type(x509.DNSName),
        found.get_values_for_type(x509.RFC822Name),
        [str(address) for address in found.get_values_for_type(x509.IPAddress)],
        found.get_values_for_type(x509.UniformResourceIdentifier),
        usages,
    )


def wrong_with_serving(asked: Asked) -> str:
    """Why this is no certificate for a node's server; empty if it is."""
    if list(asked.organizations) != [NODES]:
        return "subject organization is not system:nodes"
    if not asked.names and not asked.addresses:
        return "DNS or IP subjectAltName is required"
    if asked.emails:
        return "Email subjectAltNames are not allowed"
    if asked.uris:
        return "URI subjectAltNames are not allowed"
    return wrong_usages(asked, SERVING) or wrong_name(asked)


def wrong_with_client(asked: Asked) -> str:
    """Why a node may not be this client; empty if it may."""
    if list(asked.organizations) != [NODES]:
        return "subject organization is not system:nodes"
    for what, given in (
        ("DNS", asked.names),
        ("Email", asked.emails),
        ("IP", asked.addresses),
        ("URI", asked.uris),
    ):
        if given:
            return f"{what} subjectAltNames are not allowed"
    return wrong_name(asked) or wrong_usages(asked, CLIENT)


def wrong_name(asked: Asked) -> str:
    if asked.common_name.startswith(NODE):
        return ""
    return "subject common name does not begin with system:node:"


def wrong_usages(asked: Asked, wanted: set[str]) -> str:
    if wanted - OPTIONAL <= {*asked.usages} <= wanted:
        return ""
    shown = (wanted - OPTIONAL, wanted)
    lists = (f"[{' '.join(sorted(usages))}]" for usages in shown)
    return f"usages did not match {' or '.join(lists)}"


def wrong_with_user(asked: Asked) -> str:
    """Why no certificate for a client of the API server can be made of this."""
    for usage in asked.usages:
        if usage not in CLIENT:
            return f"invalid usage for client certificate: {usage}"
    if "client auth" not in asked.usages:
        return "missing required usage for client certificate: client auth"
    return ""


SIGNERS: Mapping[str, Callable[[Asked], str]] = {
    "kubernetes.io/kubelet-serving": wrong_with_serving,
    "kubernetes.io/kube-apiserver-client-kubelet": wrong_with_client,
    "kubernetes.io/kube-apiserver-client": wrong_with_user,
    "kubernetes.io/legacy-unknown": lambda asked: "",
}
