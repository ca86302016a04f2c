"""Any change of any entry, anywhere, is found at that entry."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.base import Database
from matchmaker.domain.journal_chain import CONTENT
from matchmaker.domain.tables import metadata
from matchmaker.services.journal.verifying import verify
from tests.journal import behind, write_entries

pytestmark = pytest.mark.slow

COUNT = 12
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
VALUES = {
    "id": st.integers(1_000, 10**9),
    **dict.fromkeys(("actor_id", "organization_id", "subject_id"), st.integers(-(2**31), 2**31)),
    **dict.fromkeys(("subject_kind", "action", "before", "after", "reason"), TEXTS),
    "at": st.datetimes().map(str),
    "data": st.dictionaries(TEXTS, st.integers() | TEXTS | st.lists(TEXTS), max_size=3).map(
        lambda data: sa.cast(sa.literal(data, sa.JSON), sa.JSON)
    ),
}


@pytest.fixture(scope="module")
def chained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("journal") / "chained.db"
    database = Database(f"sqlite:///{path}")
    metadata.create_all(database.engine)
    write_entries(database, COUNT)
    with behind(database):
        pass
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    database.dispose()
    return path


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_changed_entry_is_found_at_its_place(chained: Path, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, COUNT))
    column = data.draw(st.sampled_from(CONTENT))
    value = data.draw(VALUES[column])
    copy = chained.with_name("copy.db")
    shutil.copyfile(chained, copy)
    engine = sa.create_engine(f"sqlite:///{copy}")
    journal = metadata.tables["journal"]
    with engine.begin() as connection:
        before = connection.execute(sa.select(journal).where(journal.c.id == place)).one()
        typed = value if column == "data" else sa.literal(value, sa.String if isinstance(value, str) else sa.Integer)
        connection.execute(sa.update(journal).where(journal.c.id == place).values({column: typed}))
        after = connection.execute(
            sa.select(journal).where(journal.c.id.in_((place, value if column == "id" else 0)))
        ).one()
    engine.dispose()
    changed = Database(f"sqlite:///{copy}")
    found = verify(changed)
    changed.dispose()
    if before == after:
        assert found.broken is None
    else:
        assert found.broken is not None
        assert (found.checked, found.broken.position) == (place - 1, place)
