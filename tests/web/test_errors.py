"""Each error becomes its status and a sentence that a person can act on."""

import sqlite3
from collections.abc import Callable

import pytest
from flask import Flask, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.web.access import public
from tests.conftest import ClientOf
from tests.web.html import Page

Raise = Callable[[Exception], str]


@pytest.fixture
def app(new_app: Flask) -> Flask:
    """A site of the test's own: routes are added to it."""
    return new_app


@pytest.fixture
def failing(app: Flask) -> Raise:
    """Return a maker of an address whose view raises the given error, in a site that answers like a real one."""
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def add(error: Exception) -> str:
        def view() -> str:
            raise error

        app.add_url_rule("/fail", "fail", public(view))
        return "/fail"

    return add


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (NotFound("没有找到这条需求。"), 404, "没有找到这条需求。"),
        (Forbidden("只有发布单位可以修改。"), 403, "只有发布单位可以修改。"),
        (Conflict("当前状态是“%(state)s”。", state="已发布"), 409, "当前状态是“已发布”。"),
        (Invalid("填写有误。", {"title": "名称不能为空。"}), 422, "名称不能为空。"),
        (StaleDataError(), 409, "别人刚刚修改了同一项内容"),
        (IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE")), 409, "别人刚刚修改了同一项内容"),
        (OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked")), 503, "请几秒钟后重试"),
        (OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error")), 500, "请稍后重试"),
        (ZeroDivisionError(), 500, "我们已记录这个错误"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_error_has_its_status_and_sentence(
    failing: Raise, client_of: ClientOf, error: Exception, status: int, sentence: str
) -> None:
    response = client_of(None).get(failing(error))
    assert response.status_code == status
    assert sentence in response.text
    assert "Traceback" not in response.text


def test_fragment_is_put_into_the_messages_of_the_page(failing: Raise, client_of: ClientOf) -> None:
    response = client_of(None).get(failing(Conflict("已经变了。")), headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Retarget"]) == (409, "#messages")
    assert response.headers["HX-Reselect"] == ".notice"
    assert Page(response.text).texts("notice") == ["已经变了。"]
    assert "<html" not in response.text


def test_sentence_is_escaped(failing: Raise, client_of: ClientOf) -> None:
    response = client_of(None).get(failing(Invalid("不认识：%(what)s", what="<script>alert(1)</script>")))
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script>alert" not in response.text


def test_page_offers_the_way_back_only_within_the_site(failing: Raise, client_of: ClientOf) -> None:
    client, address = client_of(None), failing(Conflict("已经变了。"))
    assert 'href="http://localhost/needs"' in client.get(address, headers={"Referer": "http://localhost/needs"}).text
    assert "evil.example" not in client.get(address, headers={"Referer": "http://evil.example/"}).text


def test_wrong_method_keeps_the_header_that_names_the_right_ones(client_of: ClientOf) -> None:
    response = client_of(None).delete("/about")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_too_large_upload_is_refused(app: Flask, client_of: ClientOf) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    app.add_url_rule("/send", "send", public(lambda: str(len(request.form))), methods=["POST"])
    response = client_of(None).post("/send", data={"text": "x" * 2000})
    assert response.status_code == 413
    assert "压缩或拆分文件" in response.text
