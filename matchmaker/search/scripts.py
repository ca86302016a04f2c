"""In which script a text is written: Chinese characters, Cyrillic or Latin letters."""

import re

_SCRIPTS = {
    # A Chinese character says about as much as two letters, so foreign terms do not make a Chinese text foreign.
    "han": (re.compile(r"[\u3400-\u9fff]"), 2),
    "cyrillic": (re.compile(r"[\u0400-\u052f]"), 1),
    "latin": (re.compile(r"[A-Za-z\u00c0-\u024f]"), 1),
}
SCRIPT_CHARACTERS = 2000
"""The beginning of a text that is looked at."""


def script_counts(text: str) -> dict[str, int]:
    """Return how much of the beginning of `text` is "han", "cyrillic" and "latin", in letters."""
    shown = text[:SCRIPT_CHARACTERS]
    return {name: weight * len(letters.findall(shown)) for name, (letters, weight) in _SCRIPTS.items()}


def main_script(text: str) -> str | None:
    """Return the script that most of `text` is written in: "han", "cyrillic" or "latin"; None without letters."""
    counts = script_counts(text)
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] else None
