"""Sheets of our own template beside the one to fill in: an import leaves them out without a word."""

from collections.abc import Iterable
from typing import Any

_MARK = "template:"


def mark_companions(workbook: Any, sheets: Iterable[Any]) -> None:
    """Write the titles of `sheets` into the properties of a workbook, where other programs keep them."""
    workbook.properties.keywords = _MARK + "/".join(sheet.title for sheet in sheets)


def companions(workbook: Any) -> frozenset[str]:
    """Return the titles that `mark_companions` wrote; none for a workbook that is not ours. "/" is in no title."""
    written = str(workbook.properties.keywords or "")
    return frozenset(written.removeprefix(_MARK).split("/")) if written.startswith(_MARK) else frozenset()
