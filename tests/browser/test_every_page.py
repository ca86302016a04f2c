"""Every page that can be read, as each role that may: accessible, and as wide as the screen or the phone."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from matchmaker.domain.days import today
from tests.browser.conftest import Axe, Site, Visit, cookie_of
from tests.browser.page_parts import Part, parts_of
from tests.browser.page_samples import Sample, make_samples

# Elements whose text is cut off or runs out of them; a table that scrolls by itself may be wider than it shows.
CUT = """[...document.querySelectorAll('.btn, .tag, .tab, th, .menu-item, .site-nav-link')]
  .filter((each) => each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.textContent.trim())"""

# What a page is made of: each kind of element within each kind of parent, with its attributes' names. Of two pages made
# of the same the second has no fault of accessibility that the first has not.
MAKE = """(() => {
  const named = (one) => `${one.localName}.${one.getAttribute('class')}[${one.getAttributeNames()}]`;
  const kinds = [...document.querySelectorAll('body *')].map((each) => `${named(each.parentElement)}>${named(each)}`);
  return [...new Set(kinds)].sort().join('\\n');
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
WIDTHS = (1440, 390)


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


def _pages(site: Site, samples: tuple[Sample, ...], key: str | None, language: str = "zh-CN") -> list[str]:
    """Return the addresses of pages that have a kind of element or a text which no page before had in this language;
    what stands above is tried with the others.

    They are asked for without the browser, which takes ten times as long.
    """
    client, found, read = site.app.test_client(), [], 0
    if key:
        client.set_cookie("matchmaker", cookie_of(site, key))
    for address in sorted(set(_addresses(site, samples))):
        answer = client.get(address, headers={"Accept-Language": language})
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        read += 1
        parts = parts_of(answer.text.partition("<main")[2])
        if parts - SHOWN[language]:
            SHOWN[language] |= parts
            found.append(address)
    assert read > 0
    return found


@pytest.mark.parametrize("key", [None, "alice", "bob", "carol", "dave", "erin", "peter"])
def test_every_page_is_accessible_and_fits(
    visit: Visit, axe: Axe, site: Site, samples: tuple[Sample, ...], key: str | None
) -> None:
    page, pages = visit("/", key), _pages(site, samples, key)
    troubles = []
    for address in pages:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                troubles.append(f"{address} at {width}: wider than the screen")
        make = page.evaluate(MAKE)
        if make not in TRIED:
            troubles += [f"{address}: {violation}" for violation in axe(page)]
            TRIED.add(make)
    assert troubles == []


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("key", [None, "alice", "carol", "dave"])
def test_every_page_fits_in_longer_languages(
    visit: Visit, site: Site, samples: tuple[Sample, ...], key: str | None, language: str
) -> None:
    page, pages = visit("/", key, locale=language), _pages(site, samples, key, language)
    troubles = []
    for address in pages:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                troubles.append(f"{address} at {width}: wider than the screen")
            troubles += [f"{address} at {width}: {text} is cut" for text in page.evaluate(CUT)]
    assert troubles == []
