"""Write the next migration from what the tables say and the migrations do not: `make_migration.py MESSAGE`.

Read what it wrote: renames look like a drop and an add.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from matchmaker import migrations
from matchmaker.domain.base import Database


def main(message: str) -> None:
    """Autogenerate against an empty database brought to the present head."""
    number = len(migrations.known()) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        if number > 1:
            migrations.upgrade(database.engine)
        with database.engine.connect() as connection:
            config = migrations.configuration(connection)
            command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04}")
        database.dispose()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or sys.exit(__doc__))
