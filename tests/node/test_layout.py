from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.node.layout import Layout, component, container_log
from tests.node.pods import pod

LAYOUT = Layout(data=Path("/data"), run=Path("/run/x"))


def test_logs_lie_where_the_kubelet_would_put_them_below_our_data() -> None:
    assert LAYOUT.pod_logs(pod()) == Path("/data/logs/pods/shop_web_0000-1111")
    assert container_log("main", 3) == "main/3.log"


def test_volumes_lie_in_their_pods_directory() -> None:
    path = LAYOUT.volume("u", "kubernetes.io/empty-dir", "v")
    assert path == Path("/data/pods/u/volumes/kubernetes.io~empty-dir/v")


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\0", "-a", "a" * 300, "a\n"])
def test_a_name_that_could_leave_its_directory_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of a path"):
        component(name)


@given(st.text(max_size=300))
def test_whatever_is_accepted_is_one_plain_part_of_a_path(name: str) -> None:
    try:
        accepted = component(name)
    except ValueError:
        return
    assert Path("/base", accepted).parent == Path("/base")
    assert accepted not in ("", ".", "..")
