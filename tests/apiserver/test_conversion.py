"""Conversion webhooks: asked before an object is shown or kept, and in batches."""

import msgspec
import pytest

from onggi.apiserver.webhooks.client import CallFailed
from tests.apiserver.crds import PATH, crontab, definition, establish, version
from tests.apiserver.world import ask, server

V2 = PATH.replace("v1", "v2")
WEBHOOK = {
    "strategy": "Webhook",
    "webhook": {
        "conversionReviewVersions": ["v1"],
        "clientConfig": {"url": "https://converter.example.com/"},
    },
}
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


class Converter:
    """Puts the hour apart in v2; counts what it is asked."""

    def __init__(self, *given):
        self.asked, self.change = [], lambda review: review

    async def close(self):
        pass

    async def post(self, where, body, timeout, query=""):
        review = msgspec.json.decode(body)
        request = review["request"]
        self.asked.append(request)
        version = request["desiredAPIVersion"]
        objects = [self.converted(obj, version) for obj in request["objects"]]
        response = {"uid": request["uid"], "result": {"status": "Success"}}
        review["response"] = {**response, "convertedObjects": objects}
        return msgspec.json.encode(self.change(review))

    @staticmethod
    def converted(obj, version):
        cron = obj["cron"]
        cron = " ".join(cron) if isinstance(cron, list) else cron.split()
        return {**obj, "apiVersion": version, "cron": cron}


@pytest.fixture
async def converter(monkeypatch):
    found = Converter()
    monkeypatch.setattr("onggi.apiserver.assemble.Client", lambda *given: found)
    return found


@pytest.fixture
async def running(converter):
    made = server()
    await made.start()
    versions = version("v1", OPEN), version("v2", OPEN, storage=False)
    await establish(made, definition(*versions, conversion=WEBHOOK))
    return made


def written(name="one", cron="1 2"):
    return {**crontab(name), "cron": cron}


async def test_what_is_kept_is_shown_in_another_version(running, converter):
    assert (await ask(running, "POST", PATH, written()))[0] == 201
    assert converter.asked == []
    code, found = await ask(running, "GET", f"{V2}/one")
    assert (code, found["apiVersion"], found["cron"]) == (200, "example.com/v2", ["1", "2"])


async def test_what_is_written_in_another_version_is_kept_in_the_stored_one(running, converter):
    sent = {**written(cron=["3", "4"]), "apiVersion": "example.com/v2"}
    code, made = await ask(running, "POST", V2, sent)
    assert (code, made["apiVersion"], made["cron"]) == (201, "example.com/v2", ["3", "4"])
    _, kept = await ask(running, "GET", f"{PATH}/one")
    assert kept["cron"] == "3 4"
    code, made = await ask(running, "PUT", f"{V2}/one", {**made, "cron": ["5"]})
    assert (code, made["cron"], made["metadata"]["generation"]) == (200, ["5"], 2)


async def test_a_list_is_converted_in_one_question(running, converter):
    for name in ("a", "b", "c"):
        await ask(running, "POST", PATH, written(name))
    code, found = await ask(running, "GET", V2)
    assert (code, [o["cron"] for o in found["items"]]) == (200, [["1", "2"]] * 3)
    assert [len(request["objects"]) for request in converter.asked] == [3]


async def test_a_deletion_through_another_version_takes_effect_once(running, converter):
    await ask(running, "POST", PATH, written())
    assert (await ask(running, "DELETE", f"{V2}/one"))[0] == 200
    assert (await ask(running, "GET", f"{PATH}/one"))[0] == 404


def lost(review):
    review["response"]["convertedObjects"] = []
    return review


def failed(review):
    review["response"]["result"] = {"status": "Failed", "message": "no way"}
    return review


def renamed(review):
    review["response"]["convertedObjects"][0]["metadata"]["name"] = "other"
    return review


def stranger(review):
    review["response"]["uid"] = "x"
    return review


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lost, "returned 0 objects, expected 1"),
        (failed, "failed: no way"),
        (renamed, "must have the same name: one != other"),
        (stranger, 'got "x"'),
    ],
)
async def test_an_answer_that_is_none_is_refused(running, converter, change, says):
    await ask(running, "POST", PATH, written())
    converter.change = change
    code, said = await ask(running, "GET", f"{V2}/one")
    assert code == 500
    assert says in said["message"]


async def test_a_webhook_that_is_not_there_is_named(running, converter):
    await ask(running, "POST", PATH, written())

    def away(review):
        raise CallFailed('Post "https://converter.example.com/": dial tcp: refused')

    converter.change = away
    code, said = await ask(running, "GET", f"{V2}/one")
    assert (code, said["message"]) == (
        500,
        "conversion webhook for example.com/v1, Kind=CronTab failed: "
        'Post "https://converter.example.com/": dial tcp: refused',
    )
