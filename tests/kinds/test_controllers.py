"""Facts about all controllers at once."""

import ast
from pathlib import Path

from onggi.kinds import BUILTIN
from onggi.kinds.controllers import CONTROLLERS, with_keys, with_schemas
from onggi.kinds.core.serviceaccount.secrets import ACCOUNT_SECRETS

KEYED = (
    *with_keys("pem", lambda order: "", lambda account, secret: ""),
    *with_schemas(lambda kind: None),
    ACCOUNT_SECRETS,
)


def test_every_controller_reads_kinds_that_exist():
    for controller in (*CONTROLLERS, *KEYED):
        own = [controller.kind] if controller.kind else []
        named = [*own, *controller.owns, *controller.watches, *controller.reads, *controller.whole]
        assert set(named) <= set(BUILTIN)
        assert own or controller.everything


def test_no_controller_of_the_tree_is_forgotten():
    kinds = Path(__file__).parents[2] / "onggi" / "kinds"
    made = sum(
        isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Controller"
        for path in kinds.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
    )
    assert made == len(CONTROLLERS) + len(KEYED)
