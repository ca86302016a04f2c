"""Booklets on the site."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.disclosures import Reading
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.drafts import make_published
from tests.services.documents.test_booklet_files import docx_text, pdf_text
from tests.web.html import Page


@pytest.fixture
def hidden(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave, visibility="anonymous")


def ask(client, edition="public", extension="pdf", **values):
    return client.post("/booklets", data={"edition": edition, "format": extension, **values})


def test_page_offers_the_editions_of_the_role(client_of: ClientOf, hidden: None) -> None:
    offered = {key: Page(client_of(key).get("/booklets").text).texts("booklet-count") for key in ("alice", "carol")}
    assert offered == {"alice": ["共 1 项"], "carol": ["共 1 项", "共 1 项"]}


def test_files_hold_what_the_reader_may_know(client_of: ClientOf, hidden: None) -> None:
    pdf, docx = ask(client_of("alice")), ask(client_of("alice"), extension="docx")
    assert (pdf.mimetype, "天山机械" in pdf_text(pdf.data)) == ("application/pdf", False)
    assert "匿名需求方" in docx_text(docx.data)
    assert "天山机械有限公司" in pdf_text(ask(client_of("dave"), "internal").data)


@pytest.mark.parametrize("key", ["alice", "bob", "mallory"])
def test_internal_edition_is_closed_to_parties(client_of: ClientOf, hidden: None, key: str) -> None:
    assert ask(client_of(key), "internal").status_code == 403


@pytest.mark.parametrize(
    "values", [{"extension": "exe"}, {"edition": "x"}, {"since": "下周"}, {"since": "2099-01-01"}, {"field": "energy"}]
)
def test_impossible_booklets_are_refused_with_a_sentence(
    client_of: ClientOf, hidden: None, values: dict[str, str]
) -> None:
    answer = ask(client_of("dave"), **values)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")


def test_internal_edition_is_written_down_as_read_and_the_public_one_is_not(
    client_of: ClientOf, database: Database, cast: Cast, hidden: None
) -> None:
    ask(client_of("carol"))
    ask(client_of("carol"), "internal")
    with database.read() as session:
        rows = session.execute(sa.select(Reading.user_id, Reading.way)).all()
    assert rows == [(cast.carol.user_id, "export")]
