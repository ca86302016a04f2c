"""Run by Alembic: the connection comes from `matchmaker.migrations`, never from a file."""

from typing import Any, Literal

from alembic import context

from matchmaker.domain.base import Money, UTCDateTime
from matchmaker.domain.tables import metadata

# A migration names plain types only, so that it still runs when the code has moved on.
PLAIN_TYPES = {UTCDateTime: "sa.DateTime(timezone=True)", Money: "sa.BigInteger()"}


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | Literal[False]:
    """Render our own column types as the plain ones beneath them."""
    return PLAIN_TYPES.get(type(item), False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
