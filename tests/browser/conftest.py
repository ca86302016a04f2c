"""A real Chromium against a served site: `site`, `visit`, `axe`.

Everything in this folder is marked `browser` and runs in one process. Without Chromium it is skipped, or fails where
MATCHMAKER_REQUIRE_BROWSER=1 says that it must be there.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from matchmaker.config import Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.web import create_app
from matchmaker.web.login import SessionUser
from tests.cast import Cast, make_cast
from tests.pairs import pair, publish

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "Chromium was not found: install it with `apt-get install -y --no-install-recommends chromium fonts-noto-cjk`."
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What is on its way, being swapped, or still to be asked for.
UNSETTLED = '.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added, [hx-trigger="load"], [hx-trigger^="load,"]'
PATIENCE_MS = 30_000  # the first pair of a new process waits for the dictionary of words
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"

Visit = Callable[..., Page]
Axe = Callable[..., list[str]]


class Quiet(WSGIRequestHandler):
    """Serves without a line of log for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """A served site: its address, what it is made of, and who may log in."""

    address: str
    app: Flask
    settings: Settings
    database: Database
    cast: Cast


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and keep them in one process: there is one browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None and os.environ.get("MATCHMAKER_REQUIRE_BROWSER") == "1":
        pytest.fail(ADVICE)
    return path or pytest.skip(ADVICE)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Yield the one browser of the run."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, empty_database: Path, chromium: str) -> Iterator[Site]:
    """Serve a site with the cast and a few listings and matches, on a free port; each module of tests has its own."""
    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(
        {
            "MATCHMAKER_DATA": str(folder / "data"),
            "MATCHMAKER_INDEXES": str(folder / "indexes"),
            "MATCHMAKER_MODEL": "hashing",
        }
    )
    settings.data.mkdir()
    settings.indexes.mkdir()
    shutil.copyfile(empty_database, settings.data / "matchmaker.db")
    database = Database(settings.database_url)
    cast = _seed(database)
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", app, settings, database, cast)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["matchmaker"].close()
        database.dispose()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Return a maker of pages: `visit("/", "alice", width=390)` opens an address as her, or as a visitor (None).

    A page fails its test when a script fails or the content security policy refuses something. Nothing moves or fades
    on it, as for a reader who has asked his system for that: what is measured is never between two states.
    """
    pages: list[Page] = []
    troubles: list[str] = []

    def open_page(path: str = "/", key: str | None = None, width: int = 1440, locale: str = "zh-CN") -> Page:
        size = {"width": width, "height": 900}
        context = browser.new_context(base_url=site.address, viewport=size, locale=locale, reduced_motion="reduce")
        if key:
            context.add_cookies([{"name": "matchmaker", "value": cookie_of(site, key), "url": site.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(path)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert troubles == []


@pytest.fixture
def axe() -> Axe:
    """Return a check for accessibility: each violation with its elements.

    It waits for all parts of the page; `axe(page, settled=False)` looks at what is there.
    """
    script = AXE.read_text("utf-8")

    def check(page: Page, *, settled: bool = True) -> list[str]:
        if settled:
            expect(page.locator(UNSETTLED)).to_have_count(0, timeout=PATIENCE_MS)
        page.evaluate(script)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return check


def cookie_of(site: Site, key: str) -> str:
    """Return what the browser of somebody who is logged in carries."""
    member = site.cast[key]
    serializer = site.app.session_interface.get_signing_serializer(site.app)
    user = SessionUser(member.user_id, 1, member.membership_id)
    return str(serializer.dumps({"_user_id": user.get_id(), "_fresh": True}))


def _seed(database: Database) -> Cast:
    with database.transaction() as session:
        cast = make_cast(session)
        need = publish(session, cast.alice, "need", "风机叶片低温除冰", budget=Decimal(1_200_000), keywords=["除冰"])
        hidden = publish(session, cast.mallory, "need", "棉花异纤在线分拣", visibility="anonymous", field="agriculture")
        coating = publish(session, cast.bob, "achievement", "电热除冰复合涂层", keywords=["涂层"])
        sorter = publish(session, cast.bob, "achievement", "异性纤维视觉识别", stage="mature", field="electronics")
        pair(session, need, coating, grade=3, probability=0.86)
        pair(session, hidden, sorter, grade=2, probability=0.61)
        pair(session, need, sorter, grade=0, probability=0.04, in_achievement_list=False)
        return cast
