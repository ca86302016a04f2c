"""The site's list of terms: whose it is, what is refused, and that a search follows an edit at once."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.search.terms import shipped_terms
from matchmaker.services.engine import Engine
from matchmaker.services.searching import SearchRequest, search
from matchmaker.services.term_files import MOST_ROWS, export_terms, import_terms
from matchmaker.services.terms import (
    PAGE,
    TermFollower,
    all_terms,
    find_terms,
    get_term,
    remove_term,
    restore_term,
    save_term,
)
from tests.cast import Cast
from tests.pairs import publish
from tests.working import work

NEW = {"zh": "骆驼奶冻干粉", "ru": "сухое верблюжье молочко", "industry": "food"}


@pytest.fixture
def actor(cast: Cast):
    return cast.erin.actor


def test_list_begins_as_the_package_has_it(session: Session, actor) -> None:
    found = find_terms(session, actor)
    assert (found.total, len(found.rows), {row.origin for row in found.rows}) == (
        len(shipped_terms()),
        PAGE,
        {"shipped"},
    )


@pytest.mark.parametrize("text", ["采棉机", "хлопкоуборочная машина", "COTTON HARVESTER", "мақта жинайтын"])
def test_term_is_found_in_any_language(session: Session, actor, text: str) -> None:
    assert [row.key for row in find_terms(session, actor, text=text).rows] == ["采棉机"]


def test_added_term_counts_and_is_in_the_journal(session: Session, actor) -> None:
    row = save_term(session, actor, "", NEW)
    assert (row.origin, row.version, all_terms(session)[-1].term.ru) == ("own", 1, ("сухое верблюжье молочко",))
    entry = session.query(JournalEntry).order_by(JournalEntry.id.desc()).first()
    assert (entry.action, entry.subject_kind, entry.data["wordings"]["zh"]) == ("change", "term", ["骆驼奶冻干粉"])


def test_changed_removed_and_restored_term_is_the_package_s_again(session: Session, actor) -> None:
    before = get_term(session, actor, "采棉机")
    changed = save_term(
        session, actor, "采棉机", {"zh": "采棉机|摘棉机", "en": "cotton stripper", "industry": "textiles"}
    )
    assert (changed.origin, changed.term.zh) == ("changed", ("采棉机", "摘棉机"))
    remove_term(session, actor, "采棉机")
    assert "采棉机" not in [row.key for row in all_terms(session)]
    restored = restore_term(session, actor, "采棉机")
    assert (restored.term, restored.origin, restored.is_removed) == (before.term, "shipped", False)


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ({"zh": "", "en": "pump"}, {"zh"}),
        ({"zh": "泵车"}, {"en"}),
        ({"zh": "。。", "en": "pump"}, {"zh"}),
        ({"zh": "泵" * 81, "en": "pump"}, {"zh"}),
        ({"zh": "|".join(f"词{n}" for n in range(13)), "en": "pump"}, {"zh"}),
        ({"zh": "采棉机", "en": "double"}, {"zh"}),
        ({"zh": "泵车", "en": "pump", "industry": "nowhere"}, {"industry"}),
    ],
)
def test_what_is_no_term_is_refused_with_a_sentence(
    session: Session, actor, raw: dict[str, str], wrong: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        save_term(session, actor, "", raw)
    assert set(refused.value.errors) == wrong


def test_markup_is_kept_as_text(session: Session, actor) -> None:
    row = save_term(session, actor, "", {"zh": "<script>泵</script>", "en": "pump\x00"})
    assert (row.term.zh, row.term.en) == (("<script>泵</script>",), ("pump",))


def test_stale_and_unknown_entries_are_told_apart(session: Session, actor) -> None:
    save_term(session, actor, "采棉机", {"zh": "采棉机", "en": "picker"})
    with pytest.raises(Conflict):
        save_term(session, actor, "采棉机", {"zh": "采棉机", "en": "harvester"}, version=0)
    with pytest.raises(NotFound):
        remove_term(session, actor, "没有这个词")


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "dave", "mallory"])
def test_list_is_the_administrators_only(session: Session, cast: Cast, who: str) -> None:
    for attempt in (
        lambda: find_terms(session, cast[who].actor),
        lambda: save_term(session, cast[who].actor, "", NEW),
        lambda: remove_term(session, cast[who].actor, "采棉机"),
        lambda: restore_term(session, cast[who].actor, "采棉机"),
        lambda: import_terms(session, cast[who].actor, "zh,en\n"),
        lambda: export_terms(session, cast[who].actor),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_export_imported_again_changes_nothing(session: Session, actor) -> None:
    done = import_terms(session, actor, export_terms(session, actor))
    assert (done.added, done.changed, done.unchanged, done.faulty) == (0, 0, len(shipped_terms()), 0)


def test_import_takes_good_rows_and_tells_of_the_others(session: Session, actor) -> None:
    text = "zh;en;ru\n骆驼绒被;camel quilt;\n采棉机;picker;\n;nothing;\n骆驼绒被;again;\n'=1+1泵;'=cmd;\n"
    done = import_terms(session, actor, text)
    assert (done.added, done.changed, done.faulty) == (2, 2, 1)
    assert [number for number, _ in done.faults] == [4]
    assert get_term(session, actor, "=1+1泵").term.en == ("=cmd",)


@pytest.mark.parametrize(
    "text", ["", "name,value\n1,2\n", "\x00\x01", "zh,en\n" + "泵,pump\n" * (MOST_ROWS + 1), "x" * 3_000_000]
)
def test_file_that_is_no_list_is_refused(session: Session, actor, text: str) -> None:
    with pytest.raises(Invalid):
        import_terms(session, actor, text)


def test_follower_reads_the_list_again_after_a_change(session: Session, actor) -> None:
    follower = TermFollower()
    first = follower.follow(session)
    assert follower.follow(session) is first
    save_term(session, actor, "", NEW)
    assert len(follower.follow(session)) == len(first) + 1


@pytest.mark.slow
def test_search_finds_by_a_term_as_soon_as_it_is_added(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        publish(session, cast.bob, "achievement", "骆驼奶冻干粉工艺", field="agriculture")
        publish(session, cast.bob, "achievement", "叶片疏冰涂层", field="materials")
    work(settings, database)
    engine = Engine(settings)

    def held() -> list[bool]:
        with database.read() as session:
            page = search(session, cast.carol.actor, engine, SearchRequest(text="сухое верблюжье молочко"))
        return [any(fragment.marked for fragment in hit.snippet) for hit in page.hits if "骆驼奶" in hit.listing.title]

    assert any(held()) is False
    with database.transaction() as session:
        save_term(session, cast.erin.actor, "", NEW)
    assert held() == [True]
    engine.close()
