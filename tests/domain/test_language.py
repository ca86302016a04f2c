"""Text that is put into a language below the web floor."""

import json
from datetime import UTC, date, datetime

import pytest

from matchmaker.domain.errors import Conflict
from matchmaker.domain.language import (
    LIST_SEPARATOR,
    N_,
    Language,
    Sentence,
    joined,
    listed,
    pack,
    read_language,
    translate,
    unpack,
)

DRAFT, CLOSED = N_("草稿"), N_("已结束")
STATE = N_("当前状态是“%(state)s”，不能变为“%(to)s”。请刷新页面查看最新状态。")
PUBLISHED = N_("已发布：《%(title)s》")
UNTIL = N_("《%(title)s》将于 %(day)s 到期")


def test_source_is_its_own_translation() -> None:
    assert translate(DRAFT, None) == translate(DRAFT, Language.CHINESE) == "草稿"


def test_marked_text_and_sentences_are_translated_with_their_values() -> None:
    assert translate(DRAFT, Language.ENGLISH) == "Draft"
    sentence = Sentence(STATE, state=DRAFT, to=CLOSED)
    assert sentence == "当前状态是“草稿”，不能变为“已结束”。请刷新页面查看最新状态。"
    english = "The present state is “Draft”; it cannot become “Closed”. Please reload the page to see the latest state."
    assert translate(sentence, Language.ENGLISH) == english
    assert translate(Conflict(STATE, state=DRAFT, to=CLOSED), Language.ENGLISH) == english


def test_what_people_wrote_stays_and_its_percent_signs_mean_nothing() -> None:
    sentence = Sentence(PUBLISHED, title="降耗 30% %(title)s %s")
    assert translate(sentence, Language.RUSSIAN) == "Опубликовано: «降耗 30% %(title)s %s»"
    assert translate("30% 的人 %(x)s", Language.RUSSIAN) == "30% 的人 %(x)s"
    assert translate("", Language.RUSSIAN) == ""


def test_days_in_a_sentence_are_written_as_the_language_does() -> None:
    sentence = Sentence(UNTIL, title="Ice", day=date(2027, 3, 1))
    assert [translate(sentence, language) for language in Language] == [
        "《Ice》将于 2027-03-01 到期",
        "“Ice” expires on 1 Mar 2027",
        "«Ice» действует до 01.03.2027",
    ]


def test_texts_put_together_are_translated_one_by_one() -> None:
    names = listed([DRAFT, CLOSED])
    assert (names, translate(names, Language.ENGLISH)) == ("草稿、已结束", "Draft, Closed")
    assert (
        translate(joined([DRAFT, Sentence(PUBLISHED, title="%d"), "\n"]), Language.ENGLISH) == "DraftPublished: “%d”\n"
    )
    assert (listed([]), listed(["甲"])) == ("", "甲")
    assert LIST_SEPARATOR == "、"


def test_sentence_survives_being_kept_as_json() -> None:
    at = datetime(2026, 11, 23, 20, 6, tzinfo=UTC)
    sentence = Sentence(UNTIL, title=listed([DRAFT, CLOSED]), day=date(2027, 3, 1), at=at, count=3)
    kept = unpack(json.loads(json.dumps(pack(sentence))))
    assert (kept, kept.values["at"], kept.values["count"]) == (sentence, at, 3)
    assert translate(kept, Language.RUSSIAN) == "«Черновик, Закрыто» действует до 01.03.2027"


@pytest.mark.parametrize(
    ("text", "language"), [("ru", Language.RUSSIAN), ("RU", None), ("", None), (None, None), (1, None)]
)
def test_reading_a_language_that_is_none_of_ours_gives_nothing(text: object, language: Language | None) -> None:
    assert read_language(text) is language
