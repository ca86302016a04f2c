"""Languages: which one a request is answered in, and the translation of text marked below the web floor."""

from flask import Flask, request
from flask import session as cookie
from flask_babel import Babel, get_locale, get_translations
from werkzeug.datastructures import LanguageAccept

from matchmaker.domain.errors import DomainError
from matchmaker.domain.language import Sentence

SOURCE_LOCALE = "zh_Hans_CN"
# What browsers ask for -> the catalogue that answers. A language is offered once its catalogue is there.
LOCALES = {"zh": SOURCE_LOCALE, "zh-CN": SOURCE_LOCALE, "zh-Hans": SOURCE_LOCALE}
TIME_ZONE = "Asia/Shanghai"


def init_language(app: Flask) -> None:
    """Set up catalogues, the locale of each request and the official time zone."""
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE_LOCALE
    app.config["BABEL_DEFAULT_TIMEZONE"] = TIME_ZONE
    Babel(app, locale_selector=_select_locale)
    app.jinja_env.globals["html_language"] = html_language


def translate(text: str | DomainError) -> str:
    """Return marked text in the request's language; `%` means something in a Sentence or an error only."""
    if isinstance(text, DomainError):
        return _filled(text.sentence, text.values)
    if isinstance(text, Sentence):
        return _filled(text.template, text.values)
    return _look_up(text)


def html_language() -> str:
    """Return the page's language for the `lang` attribute."""
    locale = get_locale()
    return "zh-CN" if locale is None or locale.language == "zh" else str(locale.language)


def _filled(template: str, values: dict[str, object]) -> str:
    if not values:
        return _look_up(template)
    return _look_up(template) % {name: translate(v) if isinstance(v, str) else v for name, v in values.items()}


def _look_up(text: str) -> str:
    # The empty message is the catalogue's own header.
    return str(get_translations().ugettext(text)) if text else ""


def _select_locale() -> str:
    chosen = cookie.get("locale")
    if chosen in LOCALES.values():
        return str(chosen)
    accepted: LanguageAccept = request.accept_languages
    return LOCALES[accepted.best_match(list(LOCALES), default="zh")]
