"""How good an imported row is, told in the summary of the import: its health, and whether it gives its poster away.

Judged from the row alone, with no lock held; at the review desk everything known of the poster is looked for as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.domain.fields import FieldType, Group, fields_of
from matchmaker.domain.listings import Visibility
from matchmaker.services.health import check_values
from matchmaker.services.identity import Poster, find_identity

_WRITTEN = frozenset({FieldType.LINE, FieldType.PROSE})


@dataclass(frozen=True, slots=True)
class Quality:
    """`health` in points of 100; `tells` whether the public text of an anonymous row tells who posted it."""

    health: int = 0
    tells: bool = False


def quality_of(kind: str, values: Mapping[str, Any], organization: str | None) -> Quality:
    """Judge the typed values of a row; `organization` is the name that it gives its owner."""
    return Quality(check_values(kind, values).score, _tells(kind, values, organization))


def _tells(kind: str, values: Mapping[str, Any], organization: str | None) -> bool:
    if values.get("visibility") != Visibility.ANONYMOUS:
        return False
    public = (spec.name for spec in fields_of(kind) if spec.group is Group.SUMMARY and spec.type in _WRITTEN)
    text = "\n".join(filter(None, map(values.get, public)))
    return bool(find_identity(text, Poster(names=(organization,) if organization else ())))
