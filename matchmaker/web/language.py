"""Languages: which one a request is answered in, and text in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from babel.support import NullTranslations
from flask import Flask, Response, has_request_context, request
from flask import session as cookie
from flask_babel import Babel, Domain, force_locale, get_locale

from matchmaker.domain.catalogues import catalogue
from matchmaker.domain.errors import DomainError
from matchmaker.domain.formats import BABEL_LOCALES
from matchmaker.domain.language import NAMES, SOURCE, Language, read_language
from matchmaker.domain.language import translate as translate_into
from matchmaker.web.login import LANGUAGE, current_actor

SOURCE_LOCALE = BABEL_LOCALES[SOURCE]
HTML_CODES = {Language.CHINESE: "zh-CN", Language.ENGLISH: "en", Language.RUSSIAN: "ru"}


class _Catalogues(Domain):  # type: ignore[misc]
    """Flask-Babel's source of translations: our catalogues instead of compiled files."""

    def get_translations(self) -> NullTranslations:
        """Return the translations of the request's language."""
        return catalogue(current_language())


def init_language(app: Flask) -> None:
    """Set up catalogues and the locale of each request."""
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE_LOCALE
    babel = Babel(app, locale_selector=lambda: BABEL_LOCALES[_select_language()])
    babel.domain_instance = _Catalogues()
    app.jinja_env.globals.update(language_names=NAMES, current_language=current_language, html_language=html_language)
    app.jinja_env.globals.update(address_to_stay_at=address_to_stay_at)
    app.after_request(_note_what_the_page_depends_on)


def current_language() -> Language:
    """Return the language that this request is answered in."""
    locale = get_locale()
    return (read_language(locale.language) if locale else None) or SOURCE


def translate(text: str | DomainError) -> str:
    """Return marked text in the request's language; `%` means something in a Sentence or an error only."""
    return translate_into(text, current_language())


def html_language() -> str:
    """Return the page's language for the `lang` attribute."""
    return HTML_CODES[current_language()]


def address_to_stay_at() -> str:
    """Return where changing the language leads: this page, or where a form that was refused stood."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return (request.referrer or "").removeprefix(request.host_url.rstrip("/"))


@contextmanager
def language_of_browser() -> Iterator[None]:
    """Answer without asking the database who looks: a page of a broken server must not."""
    with force_locale(BABEL_LOCALES[_language_of_browser()]):
        yield


def _select_language() -> Language:
    if not has_request_context():
        return SOURCE
    return read_language(current_actor().language) or _language_of_browser()


def _language_of_browser() -> Language:
    """What was chosen here, else the first of ours that the browser asks for (en-US is English), else the source."""
    asked = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    ours = filter(None, map(read_language, (cookie.get(LANGUAGE), *asked)))
    return next(ours, SOURCE)


def _note_what_the_page_depends_on(response: Response) -> Response:
    if request.endpoint != "static":
        response.vary.update(("Accept-Language", "Cookie"))
    return response
