"""The import of a file: rows are read with no lock held and written in short transactions."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor, can_import, can_import_for_all
from matchmaker.services.imports.columns import EXTERNAL_ID, ORGANIZATION, is_header
from matchmaker.services.imports.existing import Existing, existing_listings
from matchmaker.services.imports.options import Arrival, ImportOptions
from matchmaker.services.imports.owners import Owners, default_owner
from matchmaker.services.imports.report import ImportReport
from matchmaker.services.imports.rows import Entry, Problem, RowReader
from matchmaker.services.imports.tables import MOST_ROWS, Row, Source, Table, open_table
from matchmaker.services.imports.writing import Faulty, Plan, Writing, carry_out, plan
from matchmaker.services.reading import Unreadable

READ_AT_ONCE, FIRST_AT_ONCE, FEWEST_AT_ONCE = 100, 10, 4
LOCK_SECONDS, PAUSE_SECONDS = 0.05, 0.02
"""A transaction takes up as many rows as this machine writes in so long, and the next begins after a pause: SQLite
keeps no line of those who wait, so a writer that never pauses would leave the site waiting for seconds."""

Item = Entry | list[Problem]
Progress = Callable[[int, int | None], None]
"""Called with rows done and, where it can be told, rows expected."""
Keep = Callable[[Session, int, ImportReport], None]
"""Called within each transaction with rows done and the report so far, to keep both beside what was written."""


def import_file(
    database: Database,
    actor: Actor,
    kind: str,
    path: Path,
    options: ImportOptions,
    progress: Progress = lambda done, expected: None,
) -> ImportReport:
    """Import the rows of `path` as listings of `kind` ("need" | "achievement"). Doing so again changes nothing.

    Good rows are kept, bad ones reported. Each short transaction is committed: what stands before an interruption
    stays, and the same call goes on from there.

    Raises:
        Forbidden: the actor may not import, or not publish what is imported.
        Invalid: the file cannot be read, no column of it is a title, or the organization is unknown.
    """
    require_importer(actor, kind, options)
    started = time.monotonic()
    table = open_table(Source.at(path), partial(is_header, kind))
    importer = Importer(database, actor, kind, RowReader(kind, table.columns, options.rows, options.columns), options)
    for done in importer.steps(checked_rows(path.name, table, importer.reader)):
        progress(done, table.expected)
    importer.report.seconds = time.monotonic() - started
    return importer.report


def require_importer(actor: Actor, kind: str, options: ImportOptions) -> None:
    """Let pass only who may import this kind in this way.

    Raises:
        Forbidden: he may not.
    """
    beyond = options.create_organizations and not can_import_for_all(actor)
    if not can_import(actor, kind) or beyond or (options.arrival is Arrival.PUBLISHED and not actor.is_system):
        raise Forbidden(N_("您没有权限批量导入。"))


def checked_rows(name: str, table: Table, reader: RowReader) -> Iterator[Row]:
    """Yield the rows of a table that can be one of ours.

    Raises:
        Invalid: no column of it is a title, it has no rows, or far too many.
    """
    if table.columns and "title" not in reader.columns_of(Row(0, {})).headings:
        seen = "、".join(name for name in table.columns if name)[:100]
        raise Invalid(N_("“%(name)s”里没有“名称”一列。读到的列名是：%(seen)s"), name=name, seen=seen)
    count = 0
    for count, row in enumerate(table.rows, start=1):
        if count > MOST_ROWS:
            raise Invalid(N_("“%(name)s”超过 %(most)d 行，请分成几个文件。"), name=name, most=MOST_ROWS)
        yield row
    if count == 0:
        raise Invalid(N_("“%(name)s”只有列名，下面没有内容。"), name=name)


class Planner:
    """Reads what rows mean for the database: whose they are, which were there, which are bad."""

    def __init__(self, actor: Actor, kind: str, options: ImportOptions, owners: Owners) -> None:
        self.actor, self.kind, self.options, self.owners = actor, kind, options, owners
        self.report = ImportReport()
        self._first_rows: dict[tuple[int, str], int] = {}

    def plan(self, how: Writing, items: list[Item]) -> list[Plan]:
        """Plan the good ones of `items`, and put the bad ones into the report."""
        owned: list[tuple[Entry, int]] = []
        for item in items:
            if isinstance(item, Entry):
                owner = self._owner(how.session, item)
                if owner is not None:
                    owned.append((item, owner))
            else:
                self.report.refuse(item)
        keys = [(owner, entry.external_id) for entry, owner in owned]
        known = existing_listings(how.session, self.kind, keys) if keys else {}
        plans = (self._plan_one(how, entry, owner, known.get((owner, entry.external_id))) for entry, owner in owned)
        return [found for found in plans if found is not None]

    def remember(self, session: Session, items: list[Item]) -> None:
        """Take note of rows that an interrupted run has dealt with."""
        for item in items:
            if isinstance(item, Entry):
                try:
                    owner = self.owners.organization_id(session, self.actor, item)
                except Unreadable:
                    continue
                self._first_rows.setdefault((owner, item.external_id), item.number)

    def _plan_one(self, how: Writing, entry: Entry, owner: int, existing: Existing | None) -> Plan | None:
        first = self._first_rows.setdefault((owner, entry.external_id), entry.number)
        if first != entry.number:
            self._refuse(entry, {EXTERNAL_ID: Sentence(N_("与第 %(row)d 行重复。"), row=first)})
            return None
        try:
            organization = self.owners.organization(how.session, owner)
            person_id = self.owners.person_id(how.session, self.actor, owner)
            found = plan(how, self.kind, entry, organization, person_id, existing)
        except Faulty as fault:
            self._refuse(entry, fault.faults)
            return None
        self.report.take(found.outcome, entry.quality)
        self.report.note(entry.notes)
        return found

    def _owner(self, session: Session, entry: Entry) -> int | None:
        try:
            return self.owners.organization_id(session, self.actor, entry)
        except Unreadable as fault:
            self._refuse(entry, {ORGANIZATION: fault.sentence})
            return None

    def _refuse(self, entry: Entry, faults: Mapping[str, str]) -> None:
        self.report.refuse(
            Problem(entry.number, entry.headings.get(name, name), reason) for name, reason in faults.items()
        )


class Importer:
    """One run over one file; `done` rows of it were dealt with by an interrupted run."""

    def __init__(
        self,
        database: Database,
        actor: Actor,
        kind: str,
        reader: RowReader,
        options: ImportOptions,
        *,
        done: int = 0,
        keep: Keep = lambda session, done, report: None,
    ) -> None:
        self.database, self.actor, self.reader, self.options = database, actor, reader, options
        self._resumed, self._keep = done, keep
        self._at_once = FIRST_AT_ONCE
        with database.transaction() as session:
            owner = default_owner(session, actor, kind, options)
        self._planner = Planner(actor, kind, options, Owners(kind, owner, options, actor))

    @property
    def report(self) -> ImportReport:
        """What was done so far."""
        return self._planner.report

    def steps(self, rows: Iterator[Row]) -> Iterator[int]:
        """Import `rows`, the first of the file first; yield the number of rows done after each short transaction."""
        done = 0
        for batch in iter(lambda: list(islice(rows, READ_AT_ONCE)), []):
            items: list[Item] = [self.reader.read(row) for row in batch]
            skipped = max(0, min(len(items), self._resumed - done))
            if skipped:
                with self.database.read() as session:
                    self._planner.remember(session, items[:skipped])
            done, items = done + skipped, items[skipped:]
            while items:
                taken, items = items[: self._at_once], items[self._at_once :]
                done += len(taken)
                self._write(taken, done)
                yield done
        self.report.unknown_columns = self.reader.unknown
        self.report.created_organizations = tuple(self._planner.owners.created)

    def _write(self, items: list[Item], done: int) -> None:
        began = time.monotonic()
        with self.database.transaction() as session:
            how = Writing(session, self.actor, lenient=self.options.rows.lenient, arrival=self.options.arrival)
            carry_out(how, self._planner.plan(how, items))
            self._keep(session, done, self.report)
        pace = LOCK_SECONDS / max(time.monotonic() - began, 0.001)
        self._at_once = max(FEWEST_AT_ONCE, min(READ_AT_ONCE, int(len(items) * pace)))
        time.sleep(PAUSE_SECONDS)
