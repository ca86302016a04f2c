"""The list of technical terms as this site has it: the package's, with what its administrators changed."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor, can_edit_terms
from matchmaker.domain.terms import TermEdit
from matchmaker.search.languages import LANGUAGES
from matchmaker.search.terms import SEPARATOR, Term, TermList, read_wordings, shipped_list, shipped_terms

MOST_TERMS = 20_000
MOST_WORDINGS = 12
LONGEST_WORDING = 80
PAGE = 50
SHIPPED, CHANGED, OWN = "shipped", "changed", "own"
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class TermRow:
    """One entry as it counts now: its `key`, its wordings, and whether it is the package's, changed, or the site's own.

    `version` is 0 for one that nobody has changed.
    """

    key: str
    term: Term
    origin: str = SHIPPED
    version: int = 0
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class TermPage:
    """One page of a list: `total` entries match, on `pages` pages."""

    rows: tuple[TermRow, ...]
    total: int
    page: int
    pages: int


def all_terms(session: Session, *, removed: bool = False) -> list[TermRow]:
    """Return every entry, the site's own last; those that were removed only where that is asked for."""
    edits = {edit.key: edit for edit in session.scalars(sa.select(TermEdit).order_by(TermEdit.id))}
    shipped = {term.zh[0]: term for term in shipped_terms()}
    rows = [_row(key, edits.get(key), term) for key, term in shipped.items()]
    rows += [_row(key, edit, None) for key, edit in edits.items() if key not in shipped]
    return [row for row in rows if removed or not row.is_removed]


def find_terms(session: Session, actor: Actor, *, text: str = "", industry: str = "", page: int = 1) -> TermPage:
    """Return entries that hold `text` in any language, of an industry where one is given; removed ones too.

    Raises:
        Forbidden: the list is not the actor's to change.
    """
    _require(actor)
    wanted = text.casefold().replace("ё", "е").strip()
    found = [
        row
        for row in all_terms(session, removed=True)
        if (not industry or row.term.industry == industry) and (not wanted or wanted in _searched(row))
    ]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, page), pages)
    return TermPage(tuple(found[(page - 1) * PAGE : page * PAGE]), len(found), page, pages)


def get_term(session: Session, actor: Actor, key: str) -> TermRow:
    """Return one entry.

    Raises:
        Forbidden: the list is not the actor's to change.
        NotFound: there is none.
    """
    _require(actor)
    found = next((row for row in all_terms(session, removed=True) if row.key == key), None)
    if found is None:
        raise NotFound(N_("没有找到这个术语。"))
    return found


def save_term(session: Session, actor: Actor, key: str, raw: Mapping[str, str], version: int = 0) -> TermRow:
    """Change the entry `key`, or add one where `key` is empty; `raw` has a text for each language and the industry.

    Raises:
        Forbidden: the list is not the actor's to change.
        Invalid: something is missing or too long, or another entry has the wording.
        NotFound: there is no such entry.
        Conflict: somebody else saved it meanwhile.
    """
    _require(actor)
    term = read_term(raw)
    rows = all_terms(session, removed=True)
    present = get_term(session, actor, key) if key else None
    _refuse_doubles(rows, term, key)
    if present is not None and present.version != version:
        raise Conflict(N_("这个术语刚被别人修改过，请核对后再保存。"))
    if present is None and len(rows) >= MOST_TERMS:
        raise Invalid(N_("术语最多 %(most)s 条，请先删去一些。"), most=MOST_TERMS)
    if present is not None and present.term == term and not present.is_removed:
        return present
    return _write(session, actor, key or term.zh[0], term)


def remove_term(session: Session, actor: Actor, key: str) -> None:
    """Take an entry out of the list; it can be brought back.

    Raises:
        Forbidden: the list is not the actor's to change.
        NotFound: there is none.
    """
    row = get_term(session, actor, key)
    if not row.is_removed:
        _write(session, actor, key, row.term, is_removed=True)


def restore_term(session: Session, actor: Actor, key: str) -> TermRow:
    """Let an entry be as the package has it, or an own one as it last was.

    Raises:
        Forbidden: the list is not the actor's to change.
        NotFound: there is none.
        Invalid: another entry has one of its wordings by now.
    """
    row = get_term(session, actor, key)
    shipped = next((term for term in shipped_terms() if term.zh[0] == key), None)
    _refuse_doubles(all_terms(session, removed=True), shipped or row.term, key)
    return _write(session, actor, key, shipped or row.term)


def read_term(raw: Mapping[str, str]) -> Term:
    """Read the texts of a form or of a row, wordings parted by "|".

    Raises:
        Invalid: with a sentence for each field.
    """
    wordings: dict[str, tuple[str, ...]] = {}
    errors: dict[str, str] = {}
    for language in LANGUAGES:
        wordings[language] = read_wordings(str(raw.get(language) or "").replace("\x00", "").replace("｜", SEPARATOR))
        if fault := _fault(wordings[language]):
            errors[language] = fault
    if not wordings["zh"] and "zh" not in errors:
        errors["zh"] = Sentence(N_("请填写中文术语。"))
    elif not any(wordings[language] for language in LANGUAGES if language != "zh"):
        errors["en"] = Sentence(N_("请至少填写一种外文说法。"))
    industry = str(raw.get("industry") or _OTHER).strip()
    table = codes.table("term_industries")
    if table.get(industry) is None:
        industry = table.find(industry) or ""
        if not industry:
            errors["industry"] = Sentence(N_("请从列表中选择行业。"))
    if errors:
        raise Invalid(N_("术语没有保存，请检查标出的内容。"), errors)
    return Term(**wordings, industry=industry)


def _fault(found: Sequence[str]) -> Sentence | None:
    if len(found) > MOST_WORDINGS:
        return Sentence(N_("一种语言最多 %(most)s 种说法。"), most=MOST_WORDINGS)
    if any(len(wording) > LONGEST_WORDING for wording in found):
        return Sentence(N_("一种说法最多 %(most)s 个字，多种说法请用 | 分开。"), most=LONGEST_WORDING)
    if any(not any(map(str.isalnum, wording)) for wording in found):
        return Sentence(N_("说法里至少要有一个字或字母。"))
    return None


def _refuse_doubles(rows: Sequence[TermRow], term: Term, key: str) -> None:
    taken = {name.casefold(): row for row in rows if not row.is_removed and row.key != key for name in _names(row)}
    for wording in term.zh:
        if other := taken.get(wording.casefold()):
            sentence = Sentence(
                N_("“%(wording)s”已在另一个术语“%(other)s”中。"), wording=wording, other=other.term.zh[0]
            )
            raise Invalid(sentence.template, {"zh": sentence}, **sentence.values)


def _names(row: TermRow) -> set[str]:
    """What an entry goes by: an entry whose first wording was changed keeps its key."""
    return {row.key, *row.term.zh}


def _write(session: Session, actor: Actor, key: str, term: Term, *, is_removed: bool = False) -> TermRow:
    edit = session.scalar(sa.select(TermEdit).where(TermEdit.key == key).with_for_update())
    action = "remove" if is_removed else "change"
    if edit is None:
        edit = TermEdit(key=key, version=0)
        session.add(edit)
    before = {language: list(getattr(edit, language) or ()) for language in LANGUAGES}
    for language in LANGUAGES:
        setattr(edit, language, list(term.wordings(language)))
    edit.industry, edit.is_removed = term.industry, is_removed
    edit.version, edit.edited_at = edit.version + 1, utc_now()
    session.flush()
    after = {language: list(term.wordings(language)) for language in LANGUAGES}
    record(session, actor, action, TermEdit.subject_kind, edit.id, key=key, before_wordings=before, wordings=after)
    shipped = next((each for each in shipped_terms() if each.zh[0] == key), None)
    return _row(key, edit, shipped)


def _row(key: str, edit: TermEdit | None, shipped: Term | None) -> TermRow:
    if edit is None:
        assert shipped is not None, "one of both is there"  # noqa: S101
        return TermRow(key, shipped)
    term = Term(tuple(edit.zh), tuple(edit.en), tuple(edit.ru), tuple(edit.kk), edit.industry)
    origin = OWN if shipped is None else SHIPPED if term == shipped else CHANGED
    return TermRow(key, term, origin, edit.version, edit.is_removed)


def _searched(row: TermRow) -> str:
    wordings = (wording for language in LANGUAGES for wording in row.term.wordings(language))
    return "\n".join(wordings).casefold().replace("ё", "е")


def _require(actor: Actor) -> None:
    if not can_edit_terms(actor):
        raise Forbidden(N_("只有平台管理员可以维护术语表。"))


@dataclass(slots=True)
class TermFollower:
    """The list of one process, read again when somebody changed it."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: tuple[int, int, datetime | None] = (0, 0, None)
    _list: TermList | None = None

    def follow(self, session: Session) -> TermList:
        """Return the list as `session` sees it."""
        seen: Any = session.execute(
            sa.select(sa.func.count(), sa.func.sum(TermEdit.version), sa.func.max(TermEdit.edited_at))
        ).one()
        now = (seen[0], seen[1] or 0, seen[2])
        with self._lock:
            if self._list is None or now != self._seen:
                self._list = TermList(row.term for row in all_terms(session)) if now[0] else shipped_list()
                self._seen = now
            return self._list

    @property
    def present(self) -> TermList:
        """The list as it was followed last."""
        return self._list or shipped_list()
