"""The schema's history (Alembic), run by command and at the start of `matchmaker run`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

HERE = Path(__file__).parent


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database behind `engine` to `revision`; nothing happens where it is there already."""
    with engine.execution_options(matchmaker_write=True).connect() as connection:
        command.upgrade(configuration(connection), revision)
        connection.commit()


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to `revision` ("base" for an empty one)."""
    with engine.execution_options(matchmaker_write=True).connect() as connection:
        command.downgrade(configuration(connection), revision)
        connection.commit()


def current(engine: Engine) -> str | None:
    """Return the revision that the database is at, or None for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the revision that this version of matchmaker needs."""
    revision = ScriptDirectory.from_config(configuration(None)).get_current_head()
    assert revision is not None, "there is always at least one migration"  # noqa: S101
    return revision


def known() -> frozenset[str]:
    """Return every revision that this version of matchmaker knows how to upgrade from."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(configuration(None)).walk_revisions())


def configuration(connection: object) -> Config:
    """Return Alembic's configuration for work on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
