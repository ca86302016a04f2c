"""The list of terms as a file: exported as .csv, changed in a spreadsheet, imported again."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from sqlalchemy.orm import Session

from matchmaker.domain.errors import DomainError, Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor
from matchmaker.search.languages import LANGUAGES
from matchmaker.search.terms import SEPARATOR
from matchmaker.services.terms import TermRow, all_terms, find_terms, read_term, save_term

COLUMNS = (*LANGUAGES, "industry")
MOST_ROWS = 5000
MOST_CHARACTERS = 2_000_000
MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class TermImport:
    """What an import did: counts of rows, and (row number, sentence) of those not taken, MOST_FAULTS of them."""

    added: int
    changed: int
    unchanged: int
    faulty: int
    faults: tuple[tuple[int, Sentence], ...]


def export_terms(session: Session, actor: Actor) -> str:
    """Return the list as it counts now, as comma-separated text with a header.

    Raises:
        Forbidden: the list is not the actor's to change.
    """
    find_terms(session, actor)
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for row in all_terms(session):
        wordings = (SEPARATOR.join(row.term.wordings(language)) for language in LANGUAGES)
        rows.writerow([*map(_harmless, wordings), row.term.industry])
    return written.getvalue()


def import_terms(session: Session, actor: Actor, text: str) -> TermImport:
    """Add and change what the rows say; an entry is known by any of its Chinese wordings. None is removed.

    Raises:
        Forbidden: the list is not the actor's to change.
        Invalid: no list of terms, or too long.
    """
    find_terms(session, actor)
    by_wording = {wording.casefold(): row for row in all_terms(session, removed=True) for wording in row.term.zh}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    faults: list[tuple[int, Sentence]] = []
    for number, raw in _rows(text):
        try:
            counts[_take(session, actor, raw, by_wording)] += 1
        except DomainError as fault:
            faults.append((number, _sentence_of(fault)))
    return TermImport(**counts, faulty=len(faults), faults=tuple(faults[:MOST_FAULTS]))


def _take(session: Session, actor: Actor, raw: dict[str, str], by_wording: dict[str, TermRow]) -> str:
    term = read_term(raw)
    present = next((by_wording[word.casefold()] for word in term.zh if word.casefold() in by_wording), None)
    if present is not None and present.term == term and not present.is_removed:
        return "unchanged"
    saved = save_term(session, actor, present.key if present else "", raw, present.version if present else 0)
    by_wording.update((wording.casefold(), saved) for wording in saved.term.zh)
    return "changed" if present else "added"


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    if len(text) > MOST_CHARACTERS:
        raise Invalid(N_("文件太大：术语表最多 %(most)s 行。"), most=MOST_ROWS)
    lines = text.replace("\x00", "").splitlines()
    delimiter = next((mark for mark in (",", ";", "\t") if lines and mark in lines[0]), ",")
    # The limit of the csv module is the process's own; no line here is longer than the whole text may be.
    csv.field_size_limit(MOST_CHARACTERS)
    rows = csv.reader(lines, delimiter=delimiter)
    header = [name.strip().casefold() for name in next(rows, [])]
    if "zh" not in header:
        raise Invalid(N_("第一行应是列名：zh, en, ru, kk, industry。可先导出一份作为模板。"))
    if len(lines) > MOST_ROWS + 1:
        raise Invalid(N_("文件太大：术语表最多 %(most)s 行。"), most=MOST_ROWS)
    for row in rows:
        if any(cell.strip() for cell in row):
            yield rows.line_num, dict(zip(header, map(_read, row), strict=False))


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _read(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _sentence_of(fault: DomainError) -> Sentence:
    errors = getattr(fault, "errors", {})
    found = next(iter(errors.values()), None)
    return found if isinstance(found, Sentence) else Sentence(fault.sentence, **fault.values)
