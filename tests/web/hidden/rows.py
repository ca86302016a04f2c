"""Ids of what was written, by the name of the argument with which an address names it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

Ids = dict[str, tuple[int, ...]]


def ids_of(session: Session, rows: Mapping[str, Any]) -> Ids:
    """Write rows and return their ids, by the name that stands before each."""
    session.add_all(rows.values())
    session.flush()
    return {name: (row.id,) for name, row in rows.items()}
