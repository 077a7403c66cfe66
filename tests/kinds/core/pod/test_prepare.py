from onggi.api.objects import clone
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.prepare import prepare_ephemeral, prepare_status
from tests.kinds.samples import CONTAINER, created


def test_a_new_pod_is_pending_with_its_class() -> None:
    assert created(POD)["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


def test_a_gated_pod_says_that_it_waits() -> None:
    status = created(POD, schedulingGates=[{"name": "example.com/wait"}])["status"]
    assert status["conditions"][0]["reason"] == "SchedulingGated"


def test_match_label_keys_become_part_of_the_selector() -> None:
    term = {"topologyKey": "zone", "labelSelector": {}, "matchLabelKeys": ["hash"]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    pod = created(POD, affinity={"podAntiAffinity": required})
    pod["metadata"]["labels"] = {"hash": "abc"}
    assert POD.prepare
    POD.prepare(pod, None)
    found = pod["spec"]["affinity"]["podAntiAffinity"]
    selector = found["requiredDuringSchedulingIgnoredDuringExecution"][0]["labelSelector"]
    assert selector["matchExpressions"] == [{"key": "hash", "operator": "In", "values": ["abc"]}]
    assert POD.validate(pod) == []


def test_a_status_keeps_its_class_and_its_observed_generations() -> None:
    old = created(POD)
    old["status"] |= {
        "observedGeneration": 2,
        "conditions": [{"type": "Ready", "status": "False", "observedGeneration": 2}],
    }
    new = clone(old)
    new["status"] = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    prepare_status(new, old)
    assert new["status"]["qosClass"] == "BestEffort"
    assert new["status"]["observedGeneration"] == 2
    assert new["status"]["conditions"][0]["observedGeneration"] == 2


def test_ephemeral_containers_are_all_that_their_subresource_changes() -> None:
    old = created(POD)
    new = clone(old)
    new["spec"] = {"ephemeralContainers": [{**CONTAINER, "name": "debug"}], "hostNetwork": True}
    new["metadata"]["labels"] = {"changed": "yes"}
    prepare_ephemeral(new, old)
    assert new["spec"].pop("ephemeralContainers") == [{**CONTAINER, "name": "debug"}]
    assert new == old
