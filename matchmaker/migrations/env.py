"""Run by Alembic: the connection comes from `matchmaker.migrations`, never from a file."""

from alembic import context

from matchmaker.domain.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
