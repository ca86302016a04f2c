"""Two invented rows of each kind (examples.json), for the template's sheet of examples."""

import json
from functools import cache
from importlib import resources


@cache
def examples(kind: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a kind ("need" | "achievement"): what stands in which column, by the field's name."""
    text = resources.files("matchmaker.services.imports").joinpath("examples.json").read_text("utf-8")
    return tuple(json.loads(text)[kind])
