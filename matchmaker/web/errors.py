"""Errors become answers here and nowhere else: a status, a sentence, and a page or (for htmx) a fragment."""

from dataclasses import dataclass

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from matchmaker.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from matchmaker.web.access import is_htmx
from matchmaker.web.language import language_of_browser, translate

STATUS_OF = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422}
FIRST_SERVER_ERROR = 500

TITLES = {
    400: lazy_gettext("无法处理这个请求"),
    403: lazy_gettext("没有权限"),
    404: lazy_gettext("没有找到"),
    405: lazy_gettext("不支持这种访问方式"),
    409: lazy_gettext("内容已经变化"),
    413: lazy_gettext("提交的内容太大"),
    422: lazy_gettext("填写的内容有误"),
    429: lazy_gettext("操作太频繁"),
    500: lazy_gettext("系统出错了"),
    503: lazy_gettext("系统正忙"),
}
SENTENCES = {
    400: lazy_gettext("请求的内容不完整或格式不对，请返回上一页重试。"),
    403: lazy_gettext("您当前的身份不能使用这个页面。"),
    404: lazy_gettext("这个页面不存在，可能已被撤下，也可能是网址有误。"),
    405: lazy_gettext("请从页面上的按钮或链接进入。"),
    413: lazy_gettext("请压缩或拆分文件后再上传，或缩短填写的文字。"),
    422: lazy_gettext("请返回上一页，检查后重新提交。"),
    429: lazy_gettext("为了保护平台，短时间内的操作次数有限。请稍等片刻再试。"),
    500: lazy_gettext("我们已记录这个错误。您填写的内容没有保存，请稍后重试。"),
    503: lazy_gettext("同时写入的人太多，您的操作没有保存。请几秒钟后重试。"),
}
EXPIRED_FORM = lazy_gettext("页面打开的时间太久，或者您已经退出登录。请返回上一页，刷新后重新提交。")
OVERTAKEN = lazy_gettext("别人刚刚修改了同一项内容，您的操作没有保存。请刷新页面后重试。")


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What an error page shows: `details` are sentences about single fields."""

    status: int
    title: str
    sentence: str
    details: tuple[str, ...] = ()


def init_errors(app: Flask) -> None:
    """Register every handler."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, lambda _error: _answer(400, str(EXPIRED_FORM)))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, lambda _error: _answer(409, str(OVERTAKEN)))
    app.register_error_handler(StaleDataError, lambda _error: _answer(409, str(OVERTAKEN)))
    app.register_error_handler(OperationalError, _database_error)


def _domain_error(error: DomainError) -> Response:
    status = next((status for kind, status in STATUS_OF.items() if isinstance(error, kind)), 422)
    details = tuple(translate(text) for text in error.errors.values()) if isinstance(error, Invalid) else ()
    return _answer(status, translate(error), details)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:  # a redirect made as an exception
        return error
    response = _answer(error.code)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _database_error(error: OperationalError) -> Response:
    """A lock that was not had in time is a busy moment; anything else is ours to mend, and logged."""
    if "locked" in str(error.orig) or "busy" in str(error.orig):
        response = _answer(503)
        response.headers["Retry-After"] = "5"
        return response
    current_app.logger.error("the database failed", exc_info=error)
    return _answer(500)


def _answer(status: int, sentence: str | None = None, details: tuple[str, ...] = ()) -> Response:
    if status < FIRST_SERVER_ERROR:
        return _answer_in_words(status, sentence, details)
    with language_of_browser():
        return _answer_in_words(status, sentence, details)


def _answer_in_words(status: int, sentence: str | None, details: tuple[str, ...]) -> Response:
    view = ErrorView(
        status=status,
        title=str(TITLES.get(status, TITLES[400 if status < FIRST_SERVER_ERROR else 500])),
        sentence=sentence or str(SENTENCES.get(status, SENTENCES[400 if status < FIRST_SERVER_ERROR else 500])),
        details=details,
    )
    if is_htmx():
        response = make_response(render_template("errors/fragment.html", error=view), status)
        response.headers["HX-Retarget"] = "#messages"
        # What the element wanted to pick out of the answer (hx-select) is not in this one.
        response.headers["HX-Reselect"] = ".notice"
        response.headers["HX-Reswap"] = "innerHTML show:top"
        return response
    # A page of a broken server must not ask the database who is looking at it.
    template = "errors/page.html" if status < FIRST_SERVER_ERROR else "errors/broken.html"
    return make_response(render_template(template, error=view, back=_back()), status)


def _back() -> str | None:
    """Where the person came from, if that is a page of this site."""
    referrer = request.referrer or ""
    return referrer if referrer.startswith(request.host_url) and referrer != request.url else None
