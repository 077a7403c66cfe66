"""ServiceAccount admission."""

import pytest

from onggi.apiserver.plugins.service_account import MOUNT, mount_token, mounts_token
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from tests.apiserver.world import ask, pod

PODS = "/api/v1/namespaces/default/pods"


async def test_a_pod_runs_as_the_default_account_with_its_token(running, cluster):
    _, body = await ask(running, "POST", PODS, pod())
    spec = body["spec"]
    assert (spec["serviceAccountName"], spec["serviceAccount"]) == ("default", "default")
    [volume] = spec["volumes"]
    assert volume["name"].startswith("kube-api-access-")
    [mount] = spec["containers"][0]["volumeMounts"]
    assert mount == {"name": volume["name"], "readOnly": True, "mountPath": MOUNT}
    sources = volume["projected"]["sources"]
    assert sources[0] == {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}
    assert volume["projected"]["defaultMode"] == 0o644


async def test_an_account_that_is_not_there_is_refused_at_once(running, cluster):
    code, body = await ask(running, "POST", PODS, pod(serviceAccountName="other"))
    assert code == 403
    assert body["message"] == (
        'pods "web" is forbidden: error looking up service account default/other: '
        'serviceaccount "other" not found'
    )


async def test_a_pod_takes_its_accounts_pull_secrets(running, cluster):
    secrets = [{"name": "registry"}]
    account = {
        "metadata": {"name": "puller", "namespace": "default"},
        "imagePullSecrets": secrets,
        "automountServiceAccountToken": False,
    }
    await cluster.create(SERVICEACCOUNT, account)
    _, body = await ask(running, "POST", PODS, pod(serviceAccountName="puller"))
    assert body["spec"]["imagePullSecrets"] == secrets
    assert "volumes" not in body["spec"]


@pytest.mark.parametrize(
    ("of_pod", "of_account", "wanted"),
    [(None, None, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_the_pods_word_counts_before_the_accounts(of_pod, of_account, wanted):
    def says(value):
        return {} if value is None else {"automountServiceAccountToken": value}

    assert mounts_token(says(of_pod), says(of_account)) is wanted


def test_a_container_with_something_there_is_left_alone():
    mine = [{"name": "mine", "mountPath": MOUNT}]
    spec = {"containers": [{"name": "a", "volumeMounts": list(mine)}, {"name": "b"}]}
    mount_token(spec, "xxxxx")
    assert spec["containers"][0]["volumeMounts"] == mine
    assert spec["containers"][1]["volumeMounts"][0]["name"] == "kube-api-access-xxxxx"


def test_a_volume_of_that_name_is_used():
    spec = {"volumes": [{"name": "kube-api-access-abc"}], "containers": [{"name": "a"}]}
    mount_token(spec, "xxxxx")
    assert spec["volumes"] == [{"name": "kube-api-access-abc"}]
    assert spec["containers"][0]["volumeMounts"][0]["name"] == "kube-api-access-abc"


async def test_a_mirror_pod_refers_to_no_account(running, cluster):
    wanted = pod(serviceAccountName="default", nodeName="n")
    wanted["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    code, body = await ask(running, "POST", PODS, wanted)
    assert code == 403
    assert body["message"].endswith("a mirror pod may not reference service accounts")


async def test_a_mirror_pod_refers_to_no_secret(running, cluster):
    wanted = pod(nodeName="n", volumes=[{"name": "v", "secret": {"secretName": "s"}}])
    wanted["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    code, body = await ask(running, "POST", PODS, wanted)
    assert code == 403
    assert body["message"].endswith("a mirror pod may not reference secrets")


async def test_an_account_may_confine_its_pods_to_the_secrets_it_lists(running, cluster):
    meta = {"name": "strict", "namespace": "default"}
    meta["annotations"] = {"kubernetes.io/enforce-mountable-secrets": "true"}
    await cluster.create(SERVICEACCOUNT, {"metadata": meta, "secrets": [{"name": "mine"}]})

    async def with_secret(name, pod_name):
        volumes = [{"name": "v", "secret": {"secretName": name}}]
        wanted = pod(pod_name, serviceAccountName="strict", volumes=volumes)
        return await ask(running, "POST", PODS, wanted)

    assert (await with_secret("mine", "a"))[0] == 201
    code, body = await with_secret("theirs", "b")
    assert code == 403
    assert body["message"].endswith(
        'volume with secret.secretName="theirs" is not allowed because service account strict does '
        "not reference that secret"
    )


async def test_a_volume_without_a_name_is_left_to_validation(running, cluster):
    code, body = await ask(running, "POST", PODS, pod(volumes=[{"emptyDir": {}}]))
    assert code == 422
    assert "spec.volumes[0].name: Required value" in body["message"]
