"""The options of a connection, there and back."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.apiserver.connects import KINDS, options, written

EXEC = KINDS["pods", "exec"]
QUERY = st.fixed_dictionaries(
    {},
    optional={
        "stdin": st.sampled_from([["true"], ["false"], ["1"]]),
        "tty": st.just(["true"]),
        "container": st.lists(st.text("ab", min_size=1), min_size=1, max_size=1),
        "command": st.lists(st.text("abc", min_size=1), min_size=1),
        "ports": st.lists(st.integers(1, 65535).map(str), min_size=1),
        "other": st.just(["x"]),
    },
)


@given(QUERY)
def test_what_is_written_says_the_same(query):
    found = options(EXEC, query)
    assert options(EXEC, written(found, query)) == found
    assert written(found, query).get("other") == query.get("other")
