"""The import of a file: rows are read with no lock held and written in short transactions."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_import
from matchmaker.services.identifiers import read_organization_name
from matchmaker.services.imports.columns import EXTERNAL_ID, ORGANIZATION, is_header
from matchmaker.services.imports.owners import Owners, find_organization, make_organization
from matchmaker.services.imports.report import ImportReport
from matchmaker.services.imports.rows import Entry, Problem, RowOptions, RowReader
from matchmaker.services.imports.tables import MOST_ROWS, Row, Table, open_table
from matchmaker.services.imports.writing import Faulty, Writing, create, existing_listings, update
from matchmaker.services.reading import Unreadable

READ_AT_ONCE, WRITE_AT_ONCE = 50, 10
LOCK_SECONDS, PAUSE_SECONDS = 0.05, 0.02
"""A transaction takes up no further row after so long, and the next begins after a pause: SQLite keeps no line of
those who wait, so a writer that never pauses would leave the site waiting for seconds."""

Known = tuple[Listing, str | None]
Progress = Callable[[int, int | None], None]
"""Called with rows done and, where it can be told, rows expected."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is imported.

    `organization` (id, credit code or name) owns the rows that name none; `create_organizations` makes those that are
    not there yet; `publish` publishes at once, which only the platform itself may.
    """

    rows: RowOptions = field(default_factory=RowOptions)
    organization: str | None = None
    create_organizations: bool = False
    publish: bool = False


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
    if not can_import(actor) or (options.publish and not actor.is_system):
        raise Forbidden(N_("您没有权限批量导入。"))
    started = time.monotonic()
    table = open_table(path, partial(is_header, kind))
    rows = _checked(kind, path, table)
    run = _Import(database, actor, kind, RowReader(kind, table.columns, options.rows), options)
    for batch in iter(lambda: list(islice(rows, READ_AT_ONCE)), []):
        run.take(batch)
        progress(run.report.rows, table.expected)
    run.report.unknown_columns = run.reader.unknown
    run.report.created_organizations = tuple(run.owners.created)
    run.report.seconds = time.monotonic() - started
    return run.report


def _checked(kind: str, path: Path, table: Table) -> Iterator[Row]:
    """Yield the rows of a table that can be one of ours."""
    if table.columns and not is_header(kind, table.columns):
        seen = "、".join(name for name in table.columns if name)[:100]
        raise Invalid(N_("“%(name)s”里没有“名称”一列。读到的列名是：%(seen)s"), name=path.name, seen=seen)
    for count, row in enumerate(table.rows):
        if count == MOST_ROWS:
            raise Invalid(N_("“%(name)s”超过 %(most)d 行，请分成几个文件。"), name=path.name, most=MOST_ROWS)
        yield row


class _Import:
    """One run over one file."""

    def __init__(self, database: Database, actor: Actor, kind: str, reader: RowReader, options: ImportOptions) -> None:
        self.database, self.actor, self.kind, self.reader, self.options = database, actor, kind, reader, options
        self.report = ImportReport()
        self.owners = Owners(kind, self._default(), create=options.create_organizations)
        self._first_rows: dict[tuple[int, str], int] = {}
        self._nobodys: set[int] = set()

    def take(self, rows: list[Row]) -> None:
        """Read rows with no lock held, then write what they say."""
        entries: list[Entry] = []
        for row in rows:
            read = self.reader.read(row)
            if isinstance(read, Entry):
                entries.append(read)
            else:
                self.report.refuse(read)
        while entries:
            with self.database.transaction() as session:
                done = self._write(session, entries[:WRITE_AT_ONCE])
            del entries[:done]
            time.sleep(PAUSE_SECONDS)

    def _write(self, session: Session, entries: list[Entry]) -> int:
        """Write entries until the lock has been held for LOCK_SECONDS; return how many."""
        until = time.monotonic() + LOCK_SECONDS
        owned = [(entry, self._organization_id(session, entry)) for entry in entries]
        keys = [(owner, entry.external_id) for entry, owner in owned if owner is not None]
        known = existing_listings(session, self.kind, keys)
        for done, (entry, owner) in enumerate(owned, start=1):
            if owner is not None:
                self._write_one(session, entry, owner, known.get((owner, entry.external_id)))
            if time.monotonic() > until:
                return done
        return len(entries)

    def _write_one(self, session: Session, entry: Entry, owner: int, known: Known | None) -> None:
        first = self._first_rows.setdefault((owner, entry.external_id), entry.number)
        if first != entry.number:
            self._refuse(entry, {EXTERNAL_ID: Sentence(N_("与第 %(row)d 行重复。"), row=first)})
            return
        how = Writing(session, self.actor, lenient=self.options.rows.lenient, publish=self.options.publish)
        try:
            if known is not None:
                outcome = update(how, *known, entry)
            else:
                organization = session.get_one(Organization, owner)
                person = self.owners.person_id(session, owner)
                outcome = create(how, self.kind, entry, organization, person)
        except Faulty as fault:
            self._refuse(entry, fault.faults)
            return
        self.report.counts[outcome] += 1
        self.report.note(entry.notes)

    def _organization_id(self, session: Session, entry: Entry) -> int | None:
        try:
            return self.owners.organization_id(session, self.actor, entry)
        except Unreadable as fault:
            if entry.number not in self._nobodys:
                self._nobodys.add(entry.number)
                self._refuse(entry, {ORGANIZATION: fault.sentence})
            return None

    def _refuse(self, entry: Entry, faults: Mapping[str, str]) -> None:
        self.report.refuse(
            Problem(entry.number, entry.headings.get(name, name), reason) for name, reason in faults.items()
        )

    def _default(self) -> int | None:
        """Return the id of the organization that owns what names no owner, making it where that was asked for."""
        name = self.options.organization
        if name is None:
            return None
        with self.database.transaction() as session:
            found = find_organization(session, name)
            if found is None and self.options.create_organizations:
                found = make_organization(session, self.actor, self.kind, _organization_name(name))
        if found is None:
            raise Invalid(N_("平台上没有单位“%(name)s”。"), name=name)
        return found


def _organization_name(text: str) -> str:
    try:
        return read_organization_name(text)
    except Unreadable as fault:
        raise Invalid(fault.sentence) from fault
