"""The protocol against a model of Envoy that answers in any order."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.platform.mesh.conversation import Conversation, Heard, Packed
from onggi.platform.mesh.translate.resources import CLUSTER, ENDPOINTS, LISTENER, ROUTES, SECRET

CLUSTERS = st.dictionaries(st.sampled_from("abc"), st.integers(1, 3))


class Versions:
    """As the server numbers: no two different resources of a name share a version."""

    def __init__(self):
        self.count = 0
        self.known = {}

    def snapshot(self, clusters, routed):
        """``clusters``: name → content; the routes lead to ``routed``."""
        names = sorted(clusters)
        return {
            CLUSTER: {n: self.pack(CLUSTER, n, f"{n}={clusters[n]}") for n in names},
            ENDPOINTS: {n: self.pack(ENDPOINTS, n, n) for n in names},
            LISTENER: {"http": self.pack(LISTENER, "http", "http")},
            ROUTES: {"ingress": self.pack(ROUTES, "ingress", ",".join(sorted(routed)))},
            SECRET: {},
        }

    def pack(self, type, name, text):
        known = self.known.get((type, name))
        if known is None or known.data != text.encode():
            self.count += 1
            known = self.known[type, name] = Packed(self.count, text.encode())
        return known


class Envoy:
    """Takes responses, and answers when told to."""

    def __init__(self, conversation):
        self.conversation = conversation
        self.clusters, self.ready = {}, set()
        self.routes, self.listeners = None, None
        self.answers = [Heard(CLUSTER), Heard(LISTENER)]
        self.asked_routes = False

    def take(self, send):
        texts = [data.decode() for data in send.resources]
        if send.type == CLUSTER:
            fresh = dict(text.split("=") for text in texts)
            self.ready = {n for n in self.ready if fresh.get(n) == self.clusters.get(n)}
            self.clusters = fresh
            self.check()
            self.answers.append(Heard(ENDPOINTS, tuple(sorted(fresh)), self.last(ENDPOINTS)))
        elif send.type == ENDPOINTS:
            self.ready |= set(texts) & self.clusters.keys()
        elif send.type == LISTENER:
            self.listeners = texts
            if not self.asked_routes:
                self.asked_routes = True
                self.answers.append(Heard(ROUTES, ("ingress",)))
        elif send.type == ROUTES:
            self.routes = [n for n in texts[0].split(",") if n]
            self.check()
        names = {ENDPOINTS: tuple(sorted(self.clusters)), ROUTES: ("ingress",)}
        self.nonces[send.type] = send.nonce
        self.answers.append(Heard(send.type, names.get(send.type, ()), send.nonce))

    nonces: dict = {}

    def last(self, type):
        return self.nonces.get(type, "")

    def check(self):
        """A new or changed cluster serves with its endpoints; a known one goes on meanwhile."""
        for name in self.routes or ():
            assert name in self.clusters, f"routes lead to {name}, which is gone"

    def answer(self):
        if self.answers:
            self.conversation.hear(self.answers.pop(0))

    def listen(self):
        send = self.conversation.next()
        if send:
            self.take(send)
        return send

    def settle(self):
        while self.listen() or self.answers:
            self.answer()


STEPS = st.lists(st.one_of(CLUSTERS, st.sampled_from(["answer", "listen"])), max_size=30)


@given(STEPS)
def test_routes_never_lead_nowhere_and_in_the_end_envoy_has_everything(steps):
    conversation, versions = Conversation(), Versions()
    conversation.offer(versions.snapshot({}, {}))
    envoy = Envoy(conversation)
    envoy.nonces = {}
    wanted = {}
    for step in steps:
        if step == "answer":
            envoy.answer()
        elif step == "listen":
            send = envoy.listen()
            if send and send.type == ROUTES:
                assert set(envoy.routes) <= envoy.ready
        else:
            wanted = step
            conversation.offer(versions.snapshot(wanted, wanted))
    envoy.settle()
    assert conversation.settled
    assert envoy.clusters == {n: str(v) for n, v in wanted.items()}
    assert envoy.ready == set(wanted)
    assert set(envoy.routes) == set(wanted)


def settled(*contents):
    conversation, versions = Conversation(), Versions()
    envoy = Envoy(conversation)
    envoy.nonces = {}
    for content in contents:
        conversation.offer(versions.snapshot(content, content))
        envoy.settle()
    return conversation, versions, envoy


def test_only_changed_endpoints_are_sent():
    conversation, versions, _ = settled({"a": 1, "b": 1})
    snapshot = versions.snapshot({"a": 1, "b": 1}, {"a", "b"})
    snapshot[ENDPOINTS] = {**snapshot[ENDPOINTS], "a": Packed(99, b"a")}
    conversation.offer(snapshot)
    send = conversation.next()
    assert (send.type, send.resources) == (ENDPOINTS, [b"a"])
    assert conversation.next() is None


def test_a_refused_response_is_not_repeated_and_a_better_one_is_sent():
    conversation, versions, _ = settled({"a": 1})
    conversation.offer(versions.snapshot({"a": 2}, {"a"}))
    send = conversation.next()
    conversation.hear(Heard(CLUSTER, (), send.nonce, "bad cluster"))
    assert conversation.refusals == {CLUSTER: "bad cluster"}
    while (following := conversation.next()) is not None:
        assert following.type != CLUSTER
        conversation.hear(Heard(following.type, ("a",), following.nonce))
    conversation.offer(versions.snapshot({"a": 3}, {"a"}))
    assert conversation.next().type == CLUSTER
    assert conversation.settled is False


def test_an_answer_to_an_overtaken_response_changes_nothing():
    conversation, versions, _ = settled({"a": 1})
    conversation.offer(versions.snapshot({"a": 2}, {"a"}))
    conversation.next()
    conversation.hear(Heard(CLUSTER, (), "0", "late"))
    assert conversation.refusals == {}
    assert conversation.next().type == ENDPOINTS  # of the cluster that is made anew
    assert conversation.next() is None
