"""Text as documents can hold it."""

import re

# What XML 1.0 forbids (section 2.2), and what means nothing on paper: one such character makes a file unreadable.
_FORBIDDEN = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200b\u200e\u200f\u202a-\u202e\ufeff]"
)
# Marks that are piled upon a letter past any language's use: a letter with thousands breaks a document's tables.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILED = re.compile(f"({_MARK}{{4}}){_MARK}+")


def plain(text: str) -> str:
    """Return `text` without characters that a document cannot hold, its line ends as line feeds."""
    return _PILED.sub(r"\1", _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, none of them empty."""
    return [row.strip() for row in plain(text).split("\n") if row.strip()]
