"""Shares and queues of a priority level."""

from onggi.kinds.flowcontrol.prioritylevelconfiguration import PRIORITYLEVELCONFIGURATION
from tests.kinds.samples import created, said


def queueing(**queuing):
    return {"limitResponse": {"type": "Queue", "queuing": queuing}}


def test_shares_and_queues_have_defaults():
    limited = created(PRIORITYLEVELCONFIGURATION, limited=queueing())["spec"]["limited"]
    assert limited["nominalConcurrencyShares"] == 30
    assert limited["limitResponse"]["queuing"] == {
        "handSize": 8, "queues": 64, "queueLengthLimit": 50,
    }  # fmt: skip


def test_only_exempt_is_exempt():
    assert said(PRIORITYLEVELCONFIGURATION, type="Exempt", limited=None) == [
        "spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'"
    ]


def test_a_hand_is_dealt_from_enough_and_not_too_many_queues():
    path = "spec.limited.limitResponse.queuing.handSize"
    assert said(PRIORITYLEVELCONFIGURATION, limited=queueing(queues=2, handSize=3)) == [
        f"{path}: Invalid value: 3: should not be greater than queues (2)"
    ]
    assert said(PRIORITYLEVELCONFIGURATION, limited=queueing(queues=512, handSize=8)) == [
        f"{path}: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should "
        "not be greater than 60"
    ]
