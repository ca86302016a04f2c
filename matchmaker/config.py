"""Settings, read from the environment here and nowhere else.

Every variable is documented in the README's table; a wrong value stops the start with a sentence naming it.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from matchmaker.domain.language import N_

# Plain enough that it can lead nowhere but into the folder of models.
MAIL_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
RANKER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
REFIT_HOUR: int | None = 3
RUNTIMES = ("auto", "torch", "bfloat16", "onnx", "int8")

Value = TypeVar("Value")


class ConfigurationError(Exception):
    """A variable of the environment has a value that cannot be used; the text names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All there is to configure.

    `data` holds what a user would miss (database, files, secret key, trained models, backups); `indexes` only what can
    be made again. `max_upload_bytes` is the largest request body, `max_import_bytes` the largest list to import.
    `ranker` names a model directory below `data`/models, or is "shipped"; None leaves the choice to the administrator.
    `refit_hour` is the city's hour at which the ranker is fitted anew each night, None never.
    `language_threshold` is the recall at 1, in percent, below which a language is marked as weakly matched.
    `showings_days` is how long the lists that somebody was shown are kept.
    `journal_witnesses` are mailed the journal's end each day, beside those who chose so.
    `trusted_proxies` counts the reverse proxies whose X-Forwarded-* headers are believed.
    """

    data: Path
    indexes: Path
    database_url: str
    model: str
    runtime: str
    query_prompt: str | None
    document_prompt: str | None
    ranker: str | None
    refit_hour: int | None
    demo: bool
    host: str
    port: int
    web_workers: int
    public_url: str | None
    trusted_proxies: int
    city: str
    max_upload_bytes: int
    max_import_bytes: int
    language_threshold: int
    showings_days: int
    smtp_host: str | None
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None
    smtp_tls: bool
    mail_from: str
    journal_witnesses: tuple[str, ...]

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure only where the public address is https: a plain start must still log in."""
        return self.public_url is not None and self.public_url.startswith("https://")

    @property
    def base_url(self) -> str:
        """The address put into mails, without a trailing slash."""
        return self.public_url or f"http://{self.host}:{self.port}"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `MATCHMAKER_*` from `environ` (the process's own by default).

    Raises:
        ConfigurationError: a value cannot be used; the sentence names the variable and what it takes.
    """
    env = _Environment(os.environ if environ is None else environ)
    data = env.path("DATA", "var")
    return Settings(
        data=data,
        indexes=env.path("INDEXES", "indexes"),
        database_url=env.read("DATABASE_URL", f"sqlite:///{data / 'matchmaker.db'}", _database_url),
        model=env.text("MODEL", "default"),
        runtime=env.choice("RUNTIME", "auto", RUNTIMES),
        query_prompt=env.optional("QUERY_PROMPT"),
        document_prompt=env.optional("DOCUMENT_PROMPT"),
        ranker=env.read("RANKER", None, _ranker_name),
        refit_hour=env.read("REFIT", REFIT_HOUR, _hour_or_off),
        demo=env.flag("DEMO", False),
        host=env.text("HOST", "127.0.0.1"),
        port=env.number("PORT", 8000, 1, 65535),
        web_workers=env.number("WEB_WORKERS", 1, 1, 64),
        public_url=env.read("PUBLIC_URL", None, _web_address),
        trusted_proxies=env.number("TRUSTED_PROXIES", 0, 0, 10),
        city=env.text("CITY", N_("乌鲁木齐")),
        max_upload_bytes=env.number("MAX_UPLOAD_MB", 20, 1, 1024) * 1024 * 1024,
        max_import_bytes=env.number("MAX_IMPORT_MB", 50, 1, 64) * 1024 * 1024,
        language_threshold=env.number("LANGUAGE_THRESHOLD", 80, 0, 100),
        showings_days=env.number("SHOWINGS_DAYS", 365, 30, 3650),
        smtp_host=env.optional("SMTP_HOST"),
        smtp_port=env.number("SMTP_PORT", 587, 1, 65535),
        smtp_user=env.optional("SMTP_USER"),
        smtp_password=env.optional("SMTP_PASSWORD"),
        smtp_tls=env.flag("SMTP_TLS", True),
        mail_from=env.text("MAIL_FROM", "matchmaker@localhost"),
        journal_witnesses=env.read("JOURNAL_WITNESSES", (), _mail_addresses),
    )


class _Environment:
    """Reads one variable at a time, by its name without the prefix; an empty value counts as absent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def read(self, name: str, default: Value, parse: Callable[[str], Value]) -> Value:
        raw = self._environ.get(f"MATCHMAKER_{name}", "").strip()
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError as error:
            raise ConfigurationError(f"MATCHMAKER_{name}={raw!r}: {error}") from error

    def text(self, name: str, default: str) -> str:
        return self.read(name, default, str)

    def optional(self, name: str) -> str | None:
        # A prompt such as "query: " ends in a space that means something, so this one is not stripped.
        return self._environ.get(f"MATCHMAKER_{name}") or None

    def path(self, name: str, default: str) -> Path:
        return self.read(name, Path(default), Path).absolute()

    def number(self, name: str, default: int, least: int, most: int) -> int:
        def parse(raw: str) -> int:
            if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
                raise ValueError(f"a whole number from {least} to {most} is needed")
            return int(raw)

        return self.read(name, default, parse)

    def flag(self, name: str, default: bool) -> bool:
        def parse(raw: str) -> bool:
            if raw.lower() not in {"0", "1", "true", "false", "yes", "no"}:
                raise ValueError("1 or 0 is needed")
            return raw.lower() in {"1", "true", "yes"}

        return self.read(name, default, parse)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        def parse(raw: str) -> str:
            if raw not in choices:
                raise ValueError(f"one of {', '.join(choices)} is needed")
            return raw

        return self.read(name, default, parse)


def _ranker_name(raw: str) -> str:
    if not RANKER_NAME.fullmatch(raw):
        raise ValueError("the name of a folder below models in the data folder is needed, or shipped")
    return raw


def _hour_or_off(raw: str) -> int | None:
    if raw.lower() == "off":
        return None
    if not raw.isascii() or not raw.isdigit() or int(raw) > 23:
        raise ValueError("an hour from 0 to 23 is needed, or off")
    return int(raw)


def _mail_addresses(raw: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each.strip() for each in raw.split(",") if each.strip()))
    if not all(MAIL_ADDRESS.fullmatch(each) for each in found):
        raise ValueError("addresses such as office@example.org, separated by commas, are needed")
    return found


def _web_address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("an address such as https://match.example.org is needed")
    return raw.rstrip("/")


def _database_url(raw: str) -> str:
    if not raw.startswith(("sqlite:///", "postgresql")):
        raise ValueError("sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME is needed")
    return raw
