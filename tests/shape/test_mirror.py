"""The tests mirror the code, and every module says what it is."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE, TESTS = ROOT / "onggi", ROOT / "tests"
OF_THE_WHOLE = {"shape", "stories", "e2e", "clients", "suites"}  # about no one module
VAGUE = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}

MODULES = sorted(CODE.rglob("*.py"))
MIRRORED = sorted(
    path
    for path in TESTS.rglob("test_*.py")
    if path.relative_to(TESTS).parts[0] not in OF_THE_WHOLE
)


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def has_its_module(test: Path) -> bool:
    about = CODE / test.relative_to(TESTS).parent / test.stem.removeprefix("test_")
    return about.with_suffix(".py").exists() or (about / "__init__.py").exists()


def is_vague(path: Path) -> bool:
    parts = {part.removesuffix(".py") for part in path.relative_to(CODE).parts}
    return bool({word for part in parts for word in part.split("_")} & VAGUE)


def promises(path: Path) -> bool:
    """An ``__init__`` that only re-exports, or is empty, may go without."""
    tree = ast.parse(path.read_text())
    exports = all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)
    return bool(ast.get_docstring(tree)) or (path.name == "__init__.py" and exports)


def test_a_test_file_is_about_the_module_of_its_name() -> None:
    assert names([path for path in MIRRORED if not has_its_module(path)]) == []


def test_names_say_what_is_inside() -> None:
    assert names([path for path in MODULES if is_vague(path)]) == []


def test_a_module_opens_with_what_it_promises() -> None:
    assert names([path for path in MODULES if not promises(path)]) == []
