from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from onggi.checks import CONTROLLERS, NO_NODE, PROGRAMS, Facts, examine

GOOD = Facts(
    controllers=frozenset(CONTROLLERS),
    filesystems=frozenset({"overlay"}),
    sysctls={
        "fs.inotify.max_user_instances": 8192,
        "fs.inotify.max_user_watches": 1 << 20,
        "net.bridge.bridge-nf-call-iptables": 1,
    },
    programs=dict.fromkeys(PROGRAMS, True),
    ports={6443: ""},
)


def troubles(facts, *checks):
    return {f.subject: (f.level, f.mend) for f in examine(facts, *checks) if f.level != "ok"}


def test_a_good_machine_has_no_troubles():
    assert troubles(GOOD) == {}


def test_a_missing_package_says_how_to_install_it():
    facts = replace(GOOD, programs={**GOOD.programs, "runc": False})
    assert troubles(facts) == {"runc": ("fail", "apt-get install --no-install-recommends runc")}


def test_a_port_in_use_names_its_holder():
    found = [
        f
        for f in examine(replace(GOOD, ports={80: "in use by nginx (pid 7)"}))
        if f.level == "fail"
    ]
    assert [f.text for f in found] == ["in use by nginx (pid 7)"]


def test_another_server_of_our_dns_address_is_told_apart():
    facts = replace(GOOD, ports={53: "in use by python3 (pid 7)"})
    assert "--service-network" in troubles(facts)["port 53"][1]


def test_low_inotify_limits_warn_with_the_command():
    facts = replace(GOOD, sysctls={**GOOD.sysctls, "fs.inotify.max_user_instances": 128})
    assert troubles(facts)["fs.inotify.max_user_instances"] == (
        "warn",
        "sysctl -w fs.inotify.max_user_instances=512",
    )


def test_an_api_server_alone_needs_neither_root_nor_a_kernel():
    assert troubles(replace(GOOD, root=False, cgroup="none", programs={}), NO_NODE) == {}


@given(
    st.builds(
        Facts,
        root=st.booleans(),
        cgroup=st.sampled_from(["v1", "v2", "hybrid", "none"]),
        nftables=st.booleans(),
        disk_free=st.integers(0, 1 << 40),
        memory=st.integers(0, 1 << 40),
    )
)
def test_every_trouble_says_what_to_do(facts):
    assert all(f.mend for f in examine(facts) if f.level != "ok")
