import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.field_selectors import escape, field_selector, unescape
from onggi.api.label_syntax import SelectorError

POD = {"status.phase": "status.phase", "spec.hostNetwork": "spec.hostNetwork"}
RUNNING = {"metadata": {"name": "a"}, "status": {"phase": "Running"}, "spec": {"n": 1}}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        ("metadata.name=a", True),
        ("metadata.name==a,status.phase!=Pending", True),
        ("metadata.name!=a", False),
        ("metadata.namespace=", True),
        ("spec.hostNetwork=false", True),
        ("spec.hostNetwork=true", False),
        ("status.phase=Pending,", False),
    ],
)
def test_fields_are_compared_as_text(text: str, matches: bool) -> None:
    assert field_selector(text, POD).matches(RUNNING) is matches


def test_a_boolean_is_true_or_false() -> None:
    assert field_selector("spec.hostNetwork=true", POD).matches({"spec": {"hostNetwork": True}})


def test_a_client_may_select_by_any_field() -> None:
    assert field_selector("spec.n=1", any_field=True).matches(RUNNING)


def test_the_demanded_value_is_known() -> None:
    selector = field_selector("metadata.name=a,status.phase!=x", POD)
    assert (selector.exact("metadata.name"), selector.exact("status.phase")) == ("a", None)
    assert str(selector) == "metadata.name=a,status.phase!=x"
    assert field_selector("").empty


@pytest.mark.parametrize(
    ("text", "selectable", "message"),
    [
        ("a", POD, "invalid selector: 'a'; can't understand 'a'"),
        ("spec.x=1", POD, "field label not supported: spec.x"),
        (
            "spec.x=1",
            {},
            '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
        ("metadata.name=a=b", POD, "invalid field selector: unescaped character in value: 61"),
        (
            "metadata.name=a\\b",
            POD,
            "invalid field selector: invalid escape sequence: \\b",
        ),
        ("metadata.name=a\\", POD, "invalid field selector: invalid escape sequence: \\"),
    ],
)
def test_what_cannot_be_selected_is_refused(
    text: str, selectable: dict[str, str], message: str
) -> None:
    with pytest.raises(SelectorError) as refused:
        field_selector(text, selectable)
    assert str(refused.value) == message


@given(st.text())
def test_any_value_can_be_asked_for(value: str) -> None:
    assert unescape(escape(value)) == value
    selector = field_selector(f"metadata.name={escape(value)}")
    assert selector.matches({"metadata": {"name": value}})


def test_a_field_may_have_a_second_path():
    selector = field_selector("source=kubelet", {"source": "source.component|reporter"})
    assert selector.matches({"source": {}, "reporter": "kubelet"})
    assert selector.matches({"source": {"component": "kubelet"}, "reporter": "other"})
    assert not selector.matches({"source": {"component": "other"}, "reporter": "kubelet"})
