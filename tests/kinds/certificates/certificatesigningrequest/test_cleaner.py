"""Requests are forgotten."""

from datetime import timedelta

import pytest

from onggi.kinds.certificates.certificatesigningrequest.cleaner import reconcile
from tests.kinds.certificates.requests import request
from tests.world import NOW, ListWorld, story

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("conditions", "certificate", "life"),
    [((), "", 24 * HOUR), (["Denied"], "", HOUR), (["Approved", "Failed"], "", HOUR),
     (["Approved"], "x", HOUR)],
)  # fmt: skip
def test_each_has_its_time(conditions, certificate, life):
    csr = request(conditions=conditions)
    csr["status"]["certificate"] = certificate
    assert reconcile(csr, ListWorld(), NOW).again_in == life
    plan = reconcile(csr, ListWorld(), NOW + life + MINUTE)
    assert story(plan) == ["delete CertificateSigningRequest csr"]


def test_what_is_approved_and_not_signed_yet_stays():
    plan = reconcile(request(conditions=["Approved"]), ListWorld(), NOW + 100 * HOUR)
    assert (story(plan), plan.again_in) == ([], None)
