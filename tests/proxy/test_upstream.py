import dns.message
import dns.rrset

from onggi.proxy.upstream import Resolvers, aged, lifetime, nameservers


def answer(*ttls, soa=0):
    made = dns.message.make_response(dns.message.make_query("x.", "A"))
    made.answer = [dns.rrset.from_text("x.", t, "IN", "A", "192.0.2.1") for t in ttls]
    if soa:
        made.authority = [dns.rrset.from_text("x.", soa, "IN", "SOA", "a. b. 1 2 3 4 5")]
    return made


def test_answers_live_as_long_as_their_shortest_record_and_never_long():
    assert lifetime(answer(10, 20)) == 10
    assert lifetime(answer(9999)) == 30
    assert lifetime(answer(soa=600)) == 5
    assert lifetime(answer()) == 0


def test_a_kept_answer_ages_without_changing():
    kept = answer(20)
    assert aged(kept, 5).answer[0].ttl == 15
    assert kept.answer[0].ttl == 20


def test_own_addresses_are_no_resolvers():
    text = (
        "nameserver 10.96.0.10\nnameserver 9.9.9.9\n#nameserver 1.1.1.1\nnameserver fe80::1%eth0\n"
    )
    assert nameservers(text, {"10.96.0.10"}) == ["9.9.9.9"]


def test_a_changed_file_is_read_again(tmp_path):
    path = tmp_path / "resolv.conf"
    path.write_text("nameserver 192.0.2.1\n")
    resolvers = Resolvers(path, ())
    assert resolvers.read() == ["192.0.2.1"]
    fresh = tmp_path / "new"
    fresh.write_text("nameserver 192.0.2.2\n")
    import os

    os.utime(fresh, ns=(1, 1))
    fresh.replace(path)
    assert resolvers.read() == ["192.0.2.2"]
