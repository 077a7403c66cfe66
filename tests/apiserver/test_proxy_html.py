"""Links of a page that was fetched through the proxy."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.apiserver.proxy_html import page, rewritten
from onggi.apiserver.proxy_location import Location
from onggi.apiserver.proxying import Way, linked


def prefixed(link):
    return f"/proxy{link}" if link.startswith("/") else link


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="/x">y</a>', '<a href="/proxy/x">y</a>'),
        ("<a href='/x'>", '<a href="/proxy/x">'),
        ("<A class=b HREF=/x>", '<A class=b HREF="/proxy/x">'),
        ('<a href="x">', '<a href="x">'),
        ('<a href="/x?a=1&amp;b=2">', '<a href="/proxy/x?a=1&amp;b=2">'),
        ('<img alt="/y" src="/x"/>', '<img alt="/y" src="/proxy/x"/>'),
        ('<form method=post action="/x">', '<form method=post action="/proxy/x">'),
        ('<script src="/x">a = "<a href=\'/y\'>"</script>',
         '<script src="/proxy/x">a = "<a href=\'/y\'>"</script>'),
        ('<!-- <a href="/x"> --><a href="/y">', '<!-- <a href="/x"> --><a href="/proxy/y">'),
        ('<p title="a > b"><a href="/x">', '<p title="a > b"><a href="/proxy/x">'),
        ("1 < 2 && a <b", "1 < 2 && a <b"),
    ],
)  # fmt: skip
def test_links_get_the_prefix_and_nothing_else_changes(before, after):
    assert page(before, prefixed) == after


def test_a_link_that_is_no_url_stays():
    way = Way(Location("http", "10.0.0.1", "80"), "/proxy", "/")
    assert linked(b'<a href="//[">', "", way, "host") == b'<a href="//[">'
    assert linked(b'<a href="/x">', "", way, "host") == b'<a href="/proxy/x">'


@given(st.text())
def test_what_has_no_links_stays_as_it_is(text):
    assert page(text, lambda link: link) == text


@given(st.binary(), st.sampled_from(["", "gzip", "deflate", "br"]))
def test_no_page_is_too_odd(body, encoding):
    assert isinstance(rewritten(body, encoding, prefixed), bytes)


@pytest.mark.parametrize(
    ("encoding", "pack", "unpack"),
    [
        ("gzip", lambda b: zlib.compress(b, wbits=31), lambda b: zlib.decompress(b, 31)),
        ("deflate", zlib.compress, zlib.decompress),
        ("", bytes, bytes),
    ],
)
def test_compressed_pages_are_too(encoding, pack, unpack):
    made = rewritten(pack('<a href="/ä">'.encode()), encoding, prefixed)
    assert unpack(made).decode() == '<a href="/proxy/ä">'
