from hypothesis import given
from hypothesis import strategies as st

from onggi.proxy.ledger import Change, Item, Ledger, merged

ITEMS = st.sampled_from([Item("services", k) for k in "abcd"])
PARTS = st.dictionaries(ITEMS, st.sampled_from("xyz"), max_size=4)
STEPS = st.lists(st.tuples(st.sampled_from("123"), PARTS), max_size=20)


@given(STEPS)
def test_changes_applied_one_by_one_give_what_holds_in_the_end(steps):
    ledger, kernel, total = Ledger(), {}, {}
    for owner, part in steps:
        changes = ledger.replace(owner, part)
        total = merged(total, changes)
        for item, change in changes.items():
            assert kernel.get(item) == change.before
            if change.after is None:
                del kernel[item]
            else:
                kernel[item] = change.after
        assert kernel == ledger.effective()
    assert {i: c.after for i, c in total.items() if c.after is not None} == kernel


def test_the_first_owner_of_a_conflicting_item_keeps_it_until_it_goes():
    ledger, item = Ledger(), Item("services", "1.2.3.4 . tcp . 80")
    ledger.replace("first", {item: "goto n1"})
    assert ledger.replace("second", {item: "goto n2"}) == {}
    assert ledger.replace("first", {}) == {item: Change("goto n1", "goto n2")}
