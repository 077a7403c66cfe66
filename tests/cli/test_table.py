from hypothesis import given
from hypothesis import strategies as st

from onggi.cli.table import lines

CELLS = st.text("abc", max_size=5)


def test_columns_are_as_wide_as_their_widest_cell():
    assert list(lines([("NAME", "SIZE"), ("a", "100 Mi")])) == ["NAME  SIZE", "a     100 Mi"]


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), min_size=1)))
def test_every_cell_of_a_column_begins_at_one_place(rows):
    made = list(lines(rows, gap=" | "))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    starts = [sum(widths[:i]) + 3 * i for i in range(len(widths))]
    for row, text in zip(rows, made, strict=True):
        assert [text[s : s + len(c)] for s, c in zip(starts, row, strict=True)] == list(row)


def test_no_rows_are_no_lines():
    assert list(lines([])) == []
