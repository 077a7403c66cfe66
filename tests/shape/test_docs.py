"""The documents are true: links lead somewhere, Python compiles, nobody's machine is named."""

import os
import re
import socket
from pathlib import Path

import pytest

from tests.shape.documents import DOCS, PAGES, ROOT, blocks, name, prose

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"[A-Z]{3}")  # add-a-kind speaks of onggi/kinds/GROUP/KIND.py
NAMED = re.compile(r"`((?:onggi|tests|tools|examples|bench)/[\w./-]+)`")
MACHINE = re.compile(r"(?<![\w/])/(?:root|home|work|Users)/\w")  # folders of some person or job


def anchors(page: Path) -> set[str]:
    """The targets that GitHub makes of headings."""
    found = [re.sub(r"[`*\[\]]|\([^)]*\)$", "", text) for text in HEADING.findall(prose(page))]
    return {anchor(text) for text in [*found, *HEADING.findall(prose(page))]}


def anchor(title: str) -> str:
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(prose(page)):
        if "://" in target:
            continue
        path, _, part = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (part and there.suffix == ".md" and part not in anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = [path for path in NAMED.findall(prose(page)) if not PLACEHOLDER.search(path)]
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("block", list(blocks("python")), ids=lambda block: block.place)
def test_python_compiles(block) -> None:
    compile(block.text, block.place, "exec", dont_inherit=True)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_names_this_machine(page: Path) -> None:
    text = page.read_text()
    names = {socket.gethostname(), os.environ.get("HOSTNAME", "")}
    hosts = [host for host in names if len(host) > 3 and host in text]
    assert MACHINE.findall(text) + hosts == []


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    decisions = (DOCS / "decisions" / "README.md").read_text()
    listed = {
        (folder / target).resolve()
        for folder, text in ((DOCS, index), (DOCS / "decisions", decisions))
        for target in LINK.findall(text)
    }
    assert [name(page) for page in sorted(DOCS.rglob("*.md"))
            if page.resolve() not in listed and page != DOCS / "README.md"] == []  # fmt: skip


def test_the_lock_file_names_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert re.findall(r"\w+://\S+|--(?:index|extra-index|find)\S*", text) == []


def test_the_two_readmes_have_the_same_parts() -> None:
    english, korean = (ROOT / page for page in ("README.md", "README.ko.md"))
    for pattern in (r"^#+ ", r"<!-- \w+ -->", r"^\| `onggi \w+", r"\]\([^)]*\)"):
        mine, other = (re.findall(pattern, page.read_text(), re.M) for page in (english, korean))
        assert len(mine) == len(other), pattern
