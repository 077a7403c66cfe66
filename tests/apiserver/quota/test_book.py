"""The sums are what the objects add up to, whatever happened and however often it is told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from onggi.api.times import stamp
from onggi.apiserver.quota.book import Book, Reservation
from onggi.kinds.core.resourcequota.usage import charged, quota_of
from tests.world import NOW

HARD = {"pods": "5", "requests.cpu": "4", "count/pods": "9", "services.nodeports": "3"}


def quotas():
    plain = {"metadata": {"name": "all"}, "spec": {"hard": HARD}}
    scoped = {"metadata": {"name": "some"}, "spec": {"hard": {"pods": "5"}}}
    scoped["spec"]["scopes"] = ["NotBestEffort"]
    return [quota_of(plain), quota_of(scoped)]


def pod(name, cpu=0, phase="Running", **meta):
    resources = {"requests": {"cpu": f"{cpu}m"}} if cpu else {}
    spec = {"containers": [{"name": "c", "resources": resources}]}
    meta = {"name": name, "uid": name, **meta}
    return {"metadata": meta, "spec": spec, "status": {"phase": phase}}


def service(name, ports):
    spec = {"type": "NodePort", "ports": [{}] * ports}
    return {"metadata": {"name": name, "uid": name}, "spec": spec}


NAMES = st.sampled_from("abcd")
PODS = st.builds(pod, NAMES, st.integers(0, 900), st.sampled_from(["Running", "Failed"]))
SERVICES = st.builds(service, NAMES, st.integers(0, 3))
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("pods"), PODS, st.booleans()),
        st.tuples(st.just("services"), SERVICES, st.booleans()),
    ),
    max_size=30,
)


@given(events=EVENTS, twice=st.booleans())
def test_used_is_the_recomputed_sum(events, twice):
    book, present = Book(iter(quotas())), {}
    for resource, obj, gone in events:
        for _ in range(1 + twice):
            book.put(resource, obj, gone)
        place = resource, obj["metadata"]["name"]
        if gone:
            present.pop(place, None)
        else:
            present[place] = obj
    for quota in quotas():
        expected = dict.fromkeys(quota.hard, 0)
        for (resource, _), obj in present.items():
            for name, amount in charged(quota, resource, obj).items():
                expected[name] += amount.nano
        used = book.sums[quota.name].used()
        assert {name: amount.nano for name, amount in used.items()} == expected


def test_what_is_reserved_counts_until_it_is_seen():
    book, new = Book(iter(quotas())), pod("a", 500)
    book.reserve(Reservation("pods", new, None, book.more("pods", new, None)))
    assert str(book.taken("all")["requests.cpu"]) == "500m"
    assert str(book.sums["all"].used()["requests.cpu"]) == "0"
    assert book.put("pods", new) == {"all", "some"}
    assert str(book.taken("all")["requests.cpu"]) == "500m"


def test_what_is_doubtful_is_forgotten_in_the_end():
    book, new = Book(iter(quotas())), pod("a")
    reservation = Reservation("pods", new, None, book.more("pods", new, None))
    reservation.until = NOW
    book.reserve(reservation)
    book.expire(NOW + timedelta(seconds=1))
    assert str(book.taken("all")["pods"]) == "0"


def test_a_pod_that_outstays_its_time_counts_no_more():
    book = Book(iter(quotas()))
    going = pod("a", deletionTimestamp=stamp(NOW), deletionGracePeriodSeconds=30)
    book.put("pods", going)
    assert str(book.sums["all"].used()["pods"]) == "1"
    assert book.expire(NOW + timedelta(seconds=29)) == set()
    assert book.expire(NOW + timedelta(seconds=31)) == {"all"}
    used = book.sums["all"].used()
    assert (str(used["pods"]), str(used["count/pods"])) == ("0", "1")


def test_only_growth_is_asked_for():
    book = Book(iter(quotas()))
    assert book.more("services", service("s", 1), service("s", 2)) == {}
    grown = book.more("services", service("s", 3), service("s", 1))
    assert str(grown["all"]["services.nodeports"]) == "2"
