"""Small files, small functions, few parameters; where not, a reason stands here.

At 300 lines and 40 ask which second idea is inside. An answer is allowed, silence is not.
"""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ROOT / "onggi"
FILE, FUNCTION, PARAMETERS = 300, 40, 5

LONG_FILES = {
    "onggi/apiserver/authn/pki.py": "half of it is the words of x509",
    "onggi/apiserver/authz/policy_rules.py": "a table: the rules of every default role",
    "onggi/apiserver/http1.py": "one connection, one idea",
    "onggi/images/spec.py": "one key of the image file after the other, each with its message",
    "onggi/node/cri_messages.py": "a table of messages, in both directions",
    "onggi/node/fake.py": "a whole container runtime, for tests",
}
MANY_PARAMETERS = {
    "onggi/cli/image.py": "options of a command are parameters",
    "onggi/cli/up.py": "options of a command are parameters",
}


@cache
def functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (path.relative_to(ROOT).as_posix(), node)
        for path in sorted(CODE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Parameters that a caller may give without naming them."""
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def test_files_are_short_or_have_a_reason() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in CODE.rglob("*.py")
        if (count := len(path.read_text().splitlines())) > FILE
    }
    assert {path: count for path, count in long.items() if path not in LONG_FILES} == {}


def test_functions_are_short() -> None:
    long = {
        f"{path}:{node.lineno} {node.name}": size
        for path, node in functions()
        if (size := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION
    }
    assert long == {}


def test_more_than_five_parameters_are_a_dataclass() -> None:
    many = {
        f"{path} {node.name}": len(positional(node))
        for path, node in functions()
        if len(positional(node)) > PARAMETERS + 1 and path not in MANY_PARAMETERS
    }
    assert many == {}


def test_a_reason_is_about_a_file_that_exists() -> None:
    assert [path for path in (*LONG_FILES, *MANY_PARAMETERS) if not (ROOT / path).exists()] == []
