"""The pages of terms and languages: what an administrator does there, and the warning that others read."""

import io

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.language_measures import MeasureMethod
from matchmaker.services.languages import record_measure
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import publish
from tests.web.forms import errors_of

pytestmark = pytest.mark.slow


def test_administrator_adds_changes_and_switches_off_a_term(client_of: ClientOf) -> None:
    admin = client_of("erin")
    wrong = admin.post("/admin/terms/edit", data={"zh": "骆驼绒被", "version": "0", "industry": "textiles"})
    assert (wrong.status_code, errors_of(wrong), "骆驼绒被" in wrong.text) == (422, ["en"], True)
    added = admin.post("/admin/terms/edit", data={"zh": "骆驼绒被", "en": "camel quilt", "industry": "textiles"})
    page = admin.get(added.headers["Location"])
    assert ("camel quilt" in page.text, "本站添加" in page.text) == (True, True)
    admin.post("/admin/terms/remove", data={"key": "骆驼绒被"})
    assert "已停止使用" in admin.get("/admin/terms?q=骆驼绒被").text
    admin.post("/admin/terms/restore", data={"key": "骆驼绒被"})
    assert "已停止使用" not in admin.get("/admin/terms?q=骆驼绒被").text


def test_list_goes_out_and_comes_in_as_a_file(client_of: ClientOf) -> None:
    admin = client_of("erin")
    file = admin.get("/admin/terms/file")
    assert (file.mimetype, file.text.splitlines()[0]) == ("text/csv", "\ufeffzh,en,ru,kk,industry")
    sent = {
        "file": (io.BytesIO(b"zh,en\n\xe9\xaa\x86\xe9\xa9\xbc\xe7\xbb\x92\xe8\xa2\xab,camel quilt\n,x\n"), "terms.csv")
    }
    assert "新增 1 条" in admin.post("/admin/terms/import", data=sent).text
    empty = admin.post("/admin/terms/import", data={"file": (io.BytesIO(b""), "terms.csv")})
    assert empty.status_code == 422


def test_unknown_term_is_not_found(client_of: ClientOf) -> None:
    assert client_of("erin").get("/admin/terms/edit?key=没有").status_code == 404


@pytest.mark.parametrize("path", ["/admin/terms", "/admin/terms/edit", "/admin/terms/file", "/admin/languages"])
def test_others_are_kept_out(client_of: ClientOf, path: str) -> None:
    assert [client_of(who).get(path).status_code for who in ("alice", "carol", "dave")] == [403, 403, 403]


def test_page_of_languages_shows_figures_and_starts_measuring(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        record_measure(session, "ru", MeasureMethod.TEXTS, "m", (500, 500), (0.7, 0.9))
    admin = client_of("erin")
    page = admin.get("/admin/languages").text
    assert ("70%" in page, "低于标准" in page) == (True, True)
    admin.post("/admin/languages/measure")
    assert "正在测量" in admin.get("/admin/languages").text


def test_listing_in_a_weak_language_warns(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        listing = publish(session, cast.bob, "achievement", "Комбайн для уборки хлопка", language="ru")
        path = f"/achievements/{listing.id}"
    assert "请人工复核" not in client_of("alice").get(path).text
    with database.transaction() as session:
        record_measure(session, "ru", MeasureMethod.TERMS, "m", (5, 5), (0.5, 0.9))
    assert "俄文的匹配准确度较低，请人工复核。" in client_of("alice").get(path).text
