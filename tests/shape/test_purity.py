"""The pure half of the tree decides and does nothing: no waiting, no clock, no files.

Imports are checked by import-linter (pyproject.toml); this finds what imports cannot show.
"""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "onggi"
PLACES = [ROOT / "api", ROOT / "kinds", *ROOT.glob("platform/*/translate")]
PURE = sorted(path for place in PLACES for path in place.rglob("*.py"))
PROTOCOLS = {"api/http.py"}  # says what others do, and does nothing itself

WAITS = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
DEEDS = {"open", "input", "print", "exec", "eval", "breakpoint", "__import__"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}


def nodes(*, but: Collection[str] = ()) -> Iterator[tuple[str, ast.AST]]:
    """Every syntax node of the pure code, with its place."""
    for path in PURE:
        name = path.relative_to(ROOT).as_posix()
        if name in but:
            continue
        for node in ast.walk(ast.parse(path.read_text(), str(path))):
            yield f"{name}:{getattr(node, 'lineno', 0)}", node


def test_pure_code_does_not_wait() -> None:
    assert [at for at, node in nodes(but=PROTOCOLS) if isinstance(node, WAITS)] == []


def test_pure_code_reads_no_clock_and_no_file() -> None:
    calls = [(at, ast.unparse(node.func)) for at, node in nodes() if isinstance(node, ast.Call)]
    assert [call for call in calls if call[1] in DEEDS | CLOCKS] == []


def test_pure_code_keeps_nothing_between_calls() -> None:
    """No ``global``: what is remembered is an argument or a cache of a pure function."""
    assert [at for at, node in nodes() if isinstance(node, ast.Global)] == []
