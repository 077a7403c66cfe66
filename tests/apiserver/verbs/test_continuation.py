"""Tokens of pages: there and back, and what is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.errors import BadRequest
from onggi.apiserver.verbs.continuation import LATEST, Place, packed, place, too_old

NAMES = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True).filter(
    lambda name: ".." not in name
)


@given(st.integers(1, 2**62), NAMES | st.just(""), NAMES)
def test_a_token_leads_to_where_it_was_made(revision, namespace, name):
    assert place(packed(revision, (namespace, name))) == Place(revision, (namespace, name))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"v":"meta.k8s.io/v2","rv":1,"start":"a"}', "does not recognize this encoded version"),
        (b'{"v":"meta.k8s.io/v1","start":"a"}', "incorrect encoded start resourceVersion"),
        (b'{"v":"meta.k8s.io/v1","rv":1}', "encoded start key empty"),
        (b'{"v":"meta.k8s.io/v1","rv":1,"start":"a/../../b"}', "a/../../b"),
        (b"nothing", "continue key is not valid"),
    ],
)
def test_other_tokens_are_refused(data, words):
    with pytest.raises(BadRequest, match=f"^invalid continue token: .*{words}"):
        place(base64.urlsafe_b64encode(data).decode().rstrip("="))


def test_what_is_gone_leads_to_what_is_there():
    token = too_old(Place(7, ("default", "b"))).status()["metadata"]["continue"]
    assert place(token) == Place(LATEST, ("default", "b"))
