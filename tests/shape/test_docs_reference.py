"""Generated parts are current: every command and option, every kind."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from onggi.kinds import BUILTIN
from tests.shape.documents import DOCS, ROOT
from tools import cli_doc, kinds_doc

CLI = (DOCS / "cli.md").read_text()
COMMANDS = dict(cli_doc.commands())


def options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        yield from (word for word in parameter.opts if word.startswith("--"))


def test_the_page_of_kinds_is_current() -> None:
    assert kinds_doc.PAGE.read_text() == kinds_doc.page(), "run: python tools/kinds_doc.py"


def test_the_page_of_commands_is_current() -> None:
    assert cli_doc.page(CLI) == CLI, "run: python tools/cli_doc.py"


def test_every_kind_is_on_its_page() -> None:
    page = kinds_doc.PAGE.read_text()
    assert [kind.name for kind in BUILTIN if f"## {kinds_doc.title(kind)}" not in page] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_on_its_page(command: str) -> None:
    part = CLI.partition(f"### {command}\n")[2].partition("\n### ")[0]
    assert [option for option in options(COMMANDS[command]) if f"`{option}`" not in part] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_help(command: str) -> None:
    assert COMMANDS[command].help
    silent = [p.name for p in COMMANDS[command].params if not p.help]
    assert silent in ([], ["arguments"])  # kubectl's own


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_the_readme_names_every_command(page: str) -> None:
    text = (ROOT / page).read_text()
    words = set(re.findall(r"`(?:onggi )?(?:image )?([a-z]+)", text))
    assert [c for c in COMMANDS if c.split()[-1] not in words] == []
