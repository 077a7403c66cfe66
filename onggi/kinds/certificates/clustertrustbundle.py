"""ClusterTrustBundle (certificates.k8s.io/v1): certificates that are trusted, for everybody.

Source: ``pkg/apis/certificates/validation/validation.go`` (ValidateClusterTrustBundle),
``pkg/apis/core/validation/names.go`` (ValidateClusterTrustBundleName).
"""

from collections.abc import Iterator

from onggi.api import names
from onggi.api.field_error import FieldError, immutable, invalid, too_long
from onggi.api.kind import Column, Kind
from onggi.api.objects import View, get
from onggi.kinds.cells import NAME, NONE
from onggi.kinds.certificates import chains
from onggi.kinds.certificates.certificatesigningrequest.rules import check_signer

PATH, OMITTED = "spec.trustBundle", "<value omitted>"
LIMIT = 1024 * 1024


def check(new: View, old: View | None) -> Iterator[FieldError]:
    signer, bundle = get(new, "spec.signerName") or "", get(new, PATH) or ""
    yield from check_name(get(new, "metadata.name") or "", signer)
    if signer:
        yield from check_signer(signer, "spec.signerName")
    if old is None or bundle != get(old, PATH):
        yield from check_bundle(bundle)
    if old is not None and signer != (get(old, "spec.signerName") or ""):
        yield immutable("spec.signerName", signer)


def check_name(name: str, signer: str) -> Iterator[FieldError]:
    """A signer's bundle begins with the signer: ``example.com:foo:v1``."""
    prefix = signer.replace("/", ":") + ":" if signer else ""
    if not signer and ":" in name:
        detail = 'ClusterTrustBundle without signer name must not have ":" in its name'
        yield invalid("metadata.name", name, detail)
        return
    if not name.startswith(prefix):
        detail = f"ClusterTrustBundle for signerName {signer} must be named with prefix {prefix}"
        yield invalid("metadata.name", name, detail)
        return
    for message in names.dns_subdomain(name.removeprefix(prefix)):
        yield invalid("metadata.name", name, message)


def check_bundle(text: str) -> Iterator[FieldError]:
    if len(text) > LIMIT:
        yield too_long(PATH, LIMIT)
        return
    places: dict[bytes, list[int]] = {}
    wrong = False
    for index, block in enumerate(chains.blocks(text)):
        if problem := problem_of(block):
            wrong = True
            yield invalid(PATH, OMITTED, f"entry {index} {problem}")
        else:
            places.setdefault(block.der, []).append(index)
    if wrong:
        return
    if not places:
        yield invalid(PATH, OMITTED, "at least one trust anchor must be provided")
    for found in places.values():
        if len(found) > 1:
            shown = " ".join(map(str, found))
            yield invalid(PATH, OMITTED, f"duplicate trust anchor (indices [{shown}])")


def problem_of(block: chains.Block) -> str:
    if block.label != "CERTIFICATE":
        return f"has bad block type: {block.label}"
    if block.headers:
        return "has PEM block headers"
    try:
        certificate = block.certificate()
    except ValueError:
        return "does not parse as X.509"
    return "" if chains.is_authority(certificate) else "does not have the CA bit set"


CLUSTERTRUSTBUNDLE = Kind(
    group="certificates.k8s.io",
    version="v1",
    name="ClusterTrustBundle",
    plural="clustertrustbundles",
    schema="io.k8s.api.certificates.v1.ClusterTrustBundle",
    namespaced=False,
    status=False,
    name_rule="path",
    rules=(check,),
    columns=(
        NAME,
        Column("SignerName", lambda bundle, now: get(bundle, "spec.signerName") or NONE,
               description="@io.k8s.api.certificates.v1.ClusterTrustBundleSpec.signerName"),
    ),
    selectable={"spec.signerName": "spec.signerName"},
)  # fmt: skip
