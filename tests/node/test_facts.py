"""What the machine says of itself."""

from onggi.node.facts import meminfo, os_image, read_facts


def test_memory_is_read_in_bytes():
    text = "MemTotal:       24689904 kB\nHugePages_Total:       3\n"
    assert meminfo(text) == {"MemTotal": 24689904 << 10, "HugePages_Total": 3}


def test_the_system_has_a_name():
    assert os_image('NAME="D"\nPRETTY_NAME="Debian GNU/Linux 12"\n') == "Debian GNU/Linux 12"
    assert os_image("") == "Linux"


def test_of_this_machine(tmp_path):
    facts = read_facts(tmp_path)
    assert facts.cpus >= 1
    assert facts.memory > facts.memory_available > 0
    assert facts.disk >= facts.disk_available
    assert 0 < facts.pids_free <= facts.pids
    assert facts.kernel
