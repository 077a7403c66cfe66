"""Trust anchors are authorities, each once; the name says for which signer."""

import pytest

from onggi.kinds.certificates.clustertrustbundle import CLUSTERTRUSTBUNDLE, check_name
from tests.kinds.samples import AUTHORITY, said

HEADERS = AUTHORITY.replace("-----\n", "-----\nA: b\n\n", 1)


@pytest.mark.parametrize(
    ("bundle", "detail"),
    [
        ("nothing", "at least one trust anchor must be provided"),
        (AUTHORITY * 2, "duplicate trust anchor (indices [0 1])"),
        (AUTHORITY.replace("CERTIFICATE", "KEY"), "entry 0 has bad block type: KEY"),
        (HEADERS, "entry 0 has PEM block headers"),
        ("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n",
         "entry 0 does not parse as X.509"),
    ],
)  # fmt: skip
def test_what_is_no_bundle_is_refused(bundle, detail):
    assert said(CLUSTERTRUSTBUNDLE, trustBundle=bundle) == [
        f'spec.trustBundle: Invalid value: "<value omitted>": {detail}'
    ]


@pytest.mark.parametrize(
    ("name", "signer", "good"),
    [
        ("web", "", True),
        ("a:b", "", False),
        ("example.com:foo:v1", "example.com/foo", True),
        ("v1", "example.com/foo", False),
        ("example.com:foo:_", "example.com/foo", False),
    ],
)
def test_a_signers_bundle_begins_with_its_name(name, signer, good):
    assert (list(check_name(name, signer)) == []) is good
