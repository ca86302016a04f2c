"""The report of a pair as a page and as a file: who gets it, and that its reading is written down."""

import io

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from matchmaker.domain.base import Database
from matchmaker.domain.disclosures import Reading
from matchmaker.domain.evidence import Evidence
from matchmaker.services.decisions import decide
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.web.test_matches import make_pair

pytestmark = pytest.mark.slow


def _both_interested(database: Database, cast: Cast, match: int) -> None:
    with database.transaction() as session:
        for who in ("alice", "bob"):
            decide(session, cast[who].actor, match, "interested", agreed=True)


def test_page_and_file_are_for_those_who_may_have_a_report(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made = make_pair(database, cast)
    paths = [f"/matches/{made.match}/report{end}" for end in ("", "?for=need", "/pdf", "/pdf?for=achievement")]

    def answers() -> dict[str | None, set[int]]:
        everybody = ("alice", "bob", "carol", "dave", "erin", "mallory", "peter", None)
        return {who: {client_of(who).get(path).status_code for path in paths} for who in everybody}

    outside = {"carol": {200}, "dave": {200}, "erin": {403}, "mallory": {404}, "peter": {404}, None: {303}}
    assert answers() == {"alice": {403}, "bob": {403}, **outside}
    _both_interested(database, cast, made.match)
    assert answers() == {"alice": {200}, "bob": {200}, **outside}
    assert client_of("carol").get("/matches/999999/report").status_code == 404


def test_the_page_of_a_pair_leads_to_its_report_where_there_is_one(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    made = make_pair(database, cast)
    link = f'href="/matches/{made.match}/report"'
    assert [link in client_of(who).get(f"/matches/{made.match}").text for who in ("carol", "alice", "erin")] == [
        True,
        False,
        False,
    ]
    _both_interested(database, cast, made.match)
    assert link in client_of("alice").get(f"/matches/{made.match}").text


def test_a_report_counts_as_a_reading_of_what_is_not_open_to_all(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    made, client = make_pair(database, cast, visibility="anonymous"), client_of("carol")
    client.get(f"/matches/{made.match}/report?for=achievement")
    file = client.get(f"/matches/{made.match}/report/pdf?for=achievement")
    with database.read() as session:
        rows = session.execute(sa.select(Reading.listing_id, Reading.user_id, Reading.way).order_by(Reading.id)).all()
    assert [tuple(row) for row in rows] == [
        (made.need, cast.carol.user_id, "match"),
        (made.need, cast.carol.user_id, "export"),
    ]
    reader = PdfReader(io.BytesIO(file.data))
    text = "".join(reader.pages[0].extract_text().split())
    assert (len(reader.pages), "匿名需求方" in text, cast.alice.organization_name in text) == (1, True, False)
    assert "no-store" in file.headers["Cache-Control"]


def test_a_report_asks_for_the_evidence_that_it_lacks(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made = make_pair(database, cast)
    assert "逐句对照还没有完成" in client_of("carol").get(f"/matches/{made.match}/report").text
    with database.read() as session:
        assert [row.is_wanted for row in session.scalars(sa.select(Evidence))] == [True]


@pytest.mark.parametrize("wanted", ["", "x", "need&for=both", "%00", "🙂" * 500])
def test_an_unknown_audience_gets_the_report_for_both(
    database: Database, cast: Cast, client_of: ClientOf, wanted: str
) -> None:
    made = make_pair(database, cast)
    answer = client_of("carol").get(f"/matches/{made.match}/report?for={wanted}")
    assert answer.status_code == 200
    assert ("仅供需求方阅读</p>" in answer.text) == wanted.startswith("need")
