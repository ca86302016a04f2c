"""Every action that code writes into the journal has a name that people read."""

import ast
from pathlib import Path

import matchmaker
from matchmaker.services.journal.actions import ACTION_NAMES


def test_every_action_that_is_recorded_has_a_name() -> None:
    written: set[str] = set()
    for path in Path(matchmaker.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
                texts = [each.value for each in ast.walk(node.args[2]) if isinstance(each, ast.Constant)]
                written |= {text for text in texts if isinstance(text, str)}
    assert written - ACTION_NAMES.keys() == set()
    assert len(written) >= 90
