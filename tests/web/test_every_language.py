"""Every page and every refusal, read as each role in another language: what people did not write holds nothing Chinese.

One language finds what nobody marked; that each catalogue is complete is a test of its own.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from matchmaker.config import Settings
from matchmaker.domain.base import Base, Database
from matchmaker.domain.language import NAMES, SOURCE, Language
from matchmaker.domain.people import User
from matchmaker.domain.questions import Question
from matchmaker.search.terms import shipped_terms
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.web.routes import Call, calls_of
from tests.web.world import World, make_world

# Thousands of requests: in the whole suite, not among the fast tests.
pytestmark = pytest.mark.slow

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
# What is quoted from a law or a plan says itself which language it is in.
QUOTED = re.compile(r'<(\w+)[^>]* lang="zh-CN"[^>]*>.*?</\1>', re.DOTALL)
OTHER = Language.RUSSIAN
# The term list is data, whichever language the page is in; longer wordings first, as they may hold shorter ones.
TERMS = sorted({wording for term in shipped_terms() for wording in term.zh}, key=len, reverse=True)
ROLES = (None, "alice", "bob", "carol", "dave", "erin")


@pytest.fixture
def world(database: Database, cast: Cast) -> World:
    """Return the world with everything that people wrote in it in Latin letters."""
    with database.transaction() as session:
        made = make_world(session, cast)
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, sa.String | sa.Text) and not isinstance(column.type, sa.Enum):
                    _write_in_latin(session, column)
        # Quoted from a listing's text, and kept as JSON.
        for question in session.scalars(sa.select(Question)):
            question.indicator = json.loads(_latin(json.dumps(question.indicator, ensure_ascii=False)))
    return made


def _write_in_latin(session: Session, column: sa.Column[str]) -> None:
    for text in set(session.scalars(sa.select(column).where(column.is_not(None)))):
        if (latin := _latin(text)) != text:
            session.execute(sa.update(column.table).where(column == text).values({column.name: latin}))


def _latin(text: str) -> str:
    return CHINESE.sub(lambda run: "Text-" + "".join(f"{ord(letter) % 26:x}" for letter in run[0]), text)


@pytest.fixture
def calls(app: Flask, world: World) -> list[Call]:
    return calls_of(app, world)


@pytest.mark.parametrize("key", ROLES)
def test_pages_and_refusals_hold_nothing_chinese(
    client_of: ClientOf,
    database: Database,
    settings: Settings,
    cast: Cast,
    calls: list[Call],
    key: str | None,
    tmp_path: Path,
) -> None:
    with database.transaction() as session:
        session.execute(sa.update(User).values(locale=str(OTHER)))
    database.dispose()  # or what was written last would not be in the file
    kept = tmp_path / "before.db"
    shutil.copyfile(settings.data / "matchmaker.db", kept)
    wrong, seen = set(), 0
    for call in calls:
        client = client_of(key)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = str(OTHER)
        answer = client.open(call.address, method=call.method, follow_redirects=True)
        seen += answer.status_code == 200
        words = TERMS if "/terms" in call.address else ()
        wrong |= {f"{call.method} {call.address}: {text}" for text in _chinese(answer, words)}
        if call.method != "GET" and answer.history:
            database.dispose()
            shutil.copyfile(kept, settings.data / "matchmaker.db")
    assert sorted(wrong) == []
    assert seen >= 10


def _chinese(answer: TestResponse, written: Sequence[str] = ()) -> Iterator[str]:
    if answer.mimetype == "text/html":
        text = QUOTED.sub("", answer.text).replace(NAMES[SOURCE], "")
        for words in written:
            text = text.replace(words, "")
        yield from (text[max(0, found.start() - 30) : found.end() + 10] for found in CHINESE.finditer(text))
