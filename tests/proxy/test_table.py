from onggi.proxy.ledger import CHAIN, PICK, SET, Change, Item
from onggi.proxy.table import TableConfig, fitting, is_outgrown, update

CONFIG = TableConfig(name="t")


def lines(changes):
    return update(CONFIG, changes).splitlines()


def test_a_changed_element_is_taken_out_and_put_in():
    changes = {Item("services", "k"): Change("goto n1", "goto n2")}
    assert lines(changes) == [
        "delete element ip t services { k }",
        "add element ip t services { k : goto n2 }",
    ]


def test_what_is_referred_to_comes_first_and_goes_last():
    come = {
        Item("services", "k"): Change(None, "goto a"),
        Item(CHAIN, "a"): Change(None, "rule 1\nrule 2"),
        Item(SET, "s"): Change(None, "type ipv4_addr;"),
    }
    assert [line.split()[:2] for line in lines(come)] == [
        ["add", "set"], ["add", "chain"], ["add", "rule"], ["add", "rule"], ["add", "element"],
    ]  # fmt: skip
    gone = {item: Change(change.after, None) for item, change in come.items()}
    assert [line.split()[:2] for line in lines(gone)] == [
        ["flush", "chain"], ["delete", "element"], ["delete", "chain"], ["delete", "set"],
    ]  # fmt: skip


def test_nothing_to_do_is_no_transaction():
    assert update(CONFIG, {}) == ""
    assert update(CONFIG, {Item(PICK, "3"): Change(None, "")}) == ""


def test_more_endpoints_than_there_are_pickers_need_a_new_table():
    assert fitting({}) == 32
    assert fitting({Item(PICK, "33"): ""}) == 64
    assert is_outgrown({Item(PICK, "33"): Change(None, "")}, 32)
    assert not is_outgrown({Item(PICK, "33"): Change("", None)}, 32)
