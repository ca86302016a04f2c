"""Every page that can be read, as each role that may: accessible, and as wide as the screen or the phone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pytest
from playwright.sync_api import Page

from matchmaker.domain.days import today
from tests.browser.conftest import Axe, Site, Visit, cookie_of
from tests.browser.page_parts import Part, longer_parts, parts_of
from tests.browser.page_samples import Sample, make_samples

# Elements whose text is cut off or runs out of them; a table that scrolls by itself may be wider than it shows.
CUT = """[...document.querySelectorAll('.btn, .tag, .tab, th, .menu-item, .site-nav-link')]
  .filter((each) => each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.textContent.trim())"""

# What a page is made of: each kind of element within each kind of parent, with its attributes' names, and the order of
# its headings. What is made of nothing new has no fault of accessibility that no page before had.
MAKE = """(() => {
  const named = (one) => `${one.localName}.${one.getAttribute('class')}[${one.getAttributeNames()}]`;
  const kinds = [...document.querySelectorAll('body *')].map((each) => `${named(each.parentElement)}>${named(each)}`);
  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((each) => each.localName);
  return [...new Set([...kinds, headings.join()])];
})()"""
TRIED: set[str] = set()
SHOWN: dict[str, set[Part]] = defaultdict(set)

# Not pages: files, downloads and answers to machines. Signed links are made by mail and tried elsewhere.
NO_PAGES = frozenset(
    {
        "static",
        "home.health",
        "accounts.export",
        "accounts.reset",
        "accounts.verify",
        "attachments.download",
        "calendars.appointment",
        "calendars.event",
        "calendars.everything",
        "calendars.own",
        "charts.data",
        "charts.download",
        "check_ins.organizations",
        "deals.calendar",
        "deals.column",
        "deals.download",
        "deals.organizations",
        "feeds.atom",
        "match_reports.download",
        "minutes.download",
        "organizations.proof",
        "feeds.robots",
        "ledger.indicator_rows",
        "ledger.record_file",
        "feeds.sitemap",
        "feeds.sitemap_of",
        "preferences.ask",
        "terms.export",
        "triage.export",
        "imports.template",
        "imports.report",
        "exports.download",
        "agreements.file",
        "campaigns.download",
        "campaigns.sheet",
        "roadshows.download",
        "roadshows.live",
        "roadshows.programme_pdf",
        "roadshows.record",
        "roadshows.template",
        "events.calendar",
        "events.download",
        "prints.day_sheets",
        "prints.door_list",
        "prints.table_cards",
        "prints.workbook",
        "registrations.file",
        "reports.download",
        "open_data.download",
    }
)
OF_LAST_YEAR = frozenset(
    f"ledger.{name}" for name in ("index", "indicator", "targets_of_year", "edit_targets", "periods")
)
# Which further addresses of a page to read, where its plain one shows one view of several.
VIEWS = {"deals.index": ("?view=list", "?view=calendar"), "listings.edit": ("?check=1",)}
PHONE = 390
WIDTHS = (1440, PHONE)


@pytest.fixture(scope="module")
def samples(site: Site) -> tuple[Sample, ...]:
    """Return what is written for these tests alone."""
    return make_samples(site)


def _addresses(site: Site, samples: tuple[Sample, ...]) -> Iterator[str]:
    adapter = site.app.url_map.bind("localhost")
    for rule in site.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in NO_PAGES:
            continue
        for sample in samples:
            words = {"kind": sample.kind, "indicator": "envoys"}
            values = {name: sample.values.get(name, words.get(name, 1)) for name in rule.arguments}
            address = adapter.build(rule.endpoint, values)
            # The ledger of the year to which its records belong.
            yield f"{address}?year={today().year - 1}" if rule.endpoint in OF_LAST_YEAR else address
            yield from (address + view for view in VIEWS.get(rule.endpoint, ()))


Answers = dict[str, tuple[Part, ...]]


def _answers(site: Site, samples: tuple[Sample, ...], key: str | None, language: str = "zh-CN") -> Answers:
    """Return the pages that can be read, by their addresses: what their main part is made of.

    They are asked for without the browser, which takes ten times as long.
    """
    client, found = site.app.test_client(), {}
    if key:
        client.set_cookie("matchmaker", cookie_of(site, key))
    for address in sorted(set(_addresses(site, samples))):
        answer = client.get(address, headers={"Accept-Language": language})
        if answer.mimetype == "text/html" and answer.status_code == 200:
            found[address] = parts_of(answer.text.partition("<main")[2])
    assert found
    return found


def _with_something_new(pages: Mapping[str, Iterable[Part]], language: str) -> list[str]:
    """Return the addresses of pages with a part that no page before had in this language; what stands above the main
    part is tried with the others."""
    found = []
    for address, parts in pages.items():
        if not SHOWN[language].issuperset(parts):
            SHOWN[language].update(parts)
            found.append(address)
    return found


def _widths(page: Page) -> Iterator[int]:
    """Make the page as wide as each screen, beginning with what it is: it is laid out once less."""
    size = page.viewport_size
    assert size is not None
    now = size["width"]
    for width in sorted(WIDTHS, key=lambda each: each != now):
        if width != now:
            page.set_viewport_size({"width": width, "height": 900})
        yield width


@pytest.mark.parametrize("key", [None, "alice", "bob", "carol", "dave", "erin", "peter"])
def test_every_page_is_accessible_and_fits(
    visit: Visit, axe: Axe, site: Site, samples: tuple[Sample, ...], key: str | None
) -> None:
    page, pages = visit("/", key), _with_something_new(_answers(site, samples, key), "zh-CN")
    troubles = []
    for address in pages:
        page.goto(address)
        make = set(page.evaluate(MAKE))
        for width in _widths(page):
            if page.evaluate("document.documentElement.scrollWidth") > width:
                troubles.append(f"{address} at {width}: wider than the screen")
            if width == PHONE and make - TRIED:
                troubles += [f"{address}: {violation}" for violation in axe(page)]
                TRIED.update(make)
    assert troubles == []


@pytest.mark.parametrize("key", [None, "alice", "carol", "dave"])
def test_every_page_fits_in_longer_languages(
    visit: Visit, site: Site, samples: tuple[Sample, ...], key: str | None
) -> None:
    """Every page in Russian, and in English those with a text that is longer still."""
    russian, english = (_answers(site, samples, key, language) for language in ("ru", "en"))
    longer = {address: longer_parts(parts, russian.get(address, ())) for address, parts in english.items()}
    troubles = []
    for language, pages in (("ru", russian), ("en", longer)):
        page = visit("/", key, locale=language)
        for address in _with_something_new(pages, language):
            page.goto(address)
            assert page.locator("html").get_attribute("lang") == language
            for width in _widths(page):
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    troubles.append(f"{address} at {width}: wider than the screen")
                troubles += [f"{address} at {width}: {text} is cut" for text in page.evaluate(CUT)]
    assert troubles == []
