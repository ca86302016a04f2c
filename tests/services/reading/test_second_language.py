"""A second language: told from its text where a list does not say, and whole before it is submitted."""

import pytest

from matchmaker.services.imports.columns import find_column
from matchmaker.services.projection import document, preview, public_scope
from matchmaker.services.reading import missing_for_submission
from matchmaker.services.reading.second_language import with_second_language
from tests.drafts import make_draft

RUSSIAN = {"second_language": "ru", "second_title": "Покрытие против льда", "second_abstract": "Для лопастей."}


def test_what_a_list_says_is_not_guessed():
    said = {"second_language": "kk", "second_title": "Anti-icing coating"}
    assert with_second_language(said)["second_language"] == "kk"
    assert with_second_language({"second_title": "Anti-icing coating"})["second_language"] == "en"
    assert with_second_language({"title": "防冰涂层"}) == {"title": "防冰涂层"}


@pytest.mark.parametrize(
    ("values", "faulty"),
    [
        (RUSSIAN, set()),
        ({}, set()),
        (RUSSIAN | {"second_abstract": ""}, set()),
        (RUSSIAN | {"second_language": ""}, {"second_language"}),
        (RUSSIAN | {"second_language": "zh"}, {"second_language"}),
        (RUSSIAN | {"second_title": ""}, {"second_title"}),
    ],
)
def test_second_language_is_whole_or_absent(session, cast, values, faulty):
    listing = make_draft(session, cast.alice, **values)
    assert set(missing_for_submission(listing.working_revision)) == faulty


def test_a_reader_gets_the_language_of_the_screen_first(session, cast):
    listing = make_draft(session, cast.alice, visibility="anonymous", **RUSSIAN)
    view = preview(listing, listing.working_revision)
    assert [text.language for text in view.spoken("zh")] == ["zh", "ru"]
    assert [text.title for text in view.spoken("ru")] == ["Покрытие против льда", "风电叶片低温除冰涂层"]
    assert [text.language for text in view.spoken("en")] == ["zh", "ru"]


def test_second_language_is_searched_even_of_an_anonymous_listing(session, cast):
    listing = make_draft(session, cast.alice, visibility="anonymous", **RUSSIAN)
    revision = listing.working_revision
    assert "Покрытие против льда\nДля лопастей." in document(listing, revision, public_scope(revision)).body


@pytest.mark.parametrize(
    ("heading", "name"),
    [("英文名称", "second_title"), ("俄文摘要", "second_abstract"), ("外文语种", "second_language")],
)
def test_columns_of_a_list(heading, name):
    assert find_column("need", heading).name == name
