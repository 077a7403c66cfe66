"""What a CSIDriver may say and change."""

from onggi.kinds.storage.csidriver import CSIDRIVER
from tests.kinds.samples import created, said, said_of_update


def test_what_is_left_out_is_upstreams_default():
    assert created(CSIDRIVER)["spec"] == {
        "attachRequired": True,
        "podInfoOnMount": False,
        "storageCapacity": False,
        "fsGroupPolicy": "ReadWriteOnceWithFSType",
        "volumeLifecycleModes": ["Persistent"],
        "requiresRepublish": False,
        "seLinuxMount": False,
        "preventPodSchedulingIfMissing": False,
    }


def test_tokens_are_for_different_audiences_and_a_while():
    requests = [{"audience": "a", "expirationSeconds": 60}, {"audience": "a"}]
    assert said(CSIDRIVER, tokenRequests=requests) == [
        "spec.tokenRequests[0].expirationSeconds: Invalid value: 60: may not specify a duration "
        "less than 10 minutes",
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
    ]


def test_attaching_is_settled_when_it_is_created():
    assert said_of_update(CSIDRIVER, {"attachRequired": False, "podInfoOnMount": True}) == [
        "spec.attachedRequired: Invalid value: false: field is immutable"
    ]
