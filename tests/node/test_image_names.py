import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.node.image_names import BadImageName, parse, with_default_tag

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("team/app", "docker.io/team/app"),
        ("index.docker.io/nginx", "docker.io/library/nginx"),
        ("localhost/box:1", "localhost/box:1"),
        ("localhost:5000/box", "localhost:5000/box"),
        ("reg.example.com/a/b/c:v", "reg.example.com/a/b/c:v"),
        (f"nginx@{DIGEST}", f"docker.io/library/nginx@{DIGEST}"),
        (f"nginx:1@{DIGEST}", f"docker.io/library/nginx:1@{DIGEST}"),
        ("[fd00::1]:5000/x", "[fd00::1]:5000/x"),
    ],
)
def test_a_name_is_completed(text: str, whole: str) -> None:
    assert str(parse(text)) == whole


def test_only_a_name_without_tag_and_digest_gets_one() -> None:
    assert with_default_tag("nginx") == "nginx:latest"
    assert with_default_tag("nginx:1") == "nginx:1"
    assert with_default_tag(f"nginx@{DIGEST}") == f"nginx@{DIGEST}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "invalid reference format"),
        ("nginx:", "invalid reference format"),
        ("a//b", "invalid reference format"),
        ("nginx:1:2", "invalid reference format"),
        ("x y", "invalid reference format"),
        ("docker.io/Team/App", "repository name must be lowercase"),
        ("a" * 64, "cannot specify 64-byte hexadecimal strings"),
        ("x/" * 150 + "x", "must not be more than 255 characters"),
    ],
)
def test_what_is_no_name_is_refused_in_upstreams_words(text: str, message: str) -> None:
    with pytest.raises(BadImageName, match=message):
        parse(text)


@given(st.text(max_size=40))
def test_a_completed_name_stays_the_same(text: str) -> None:
    try:
        whole = str(parse(text))
    except BadImageName:
        return
    assert str(parse(whole)) == whole
