"""Closing with an outcome, comparing revisions and statistics in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from matchmaker.domain.days import today
from matchmaker.domain.listings import Listing
from matchmaker.services.revisions import start_revision
from matchmaker.services.visits import Visit as Look
from matchmaker.services.visits import write_visits
from tests.browser.conftest import Axe, Site, Visit


@pytest.fixture
def need_id(site: Site) -> int:
    """Alice's published need with a draft of a second revision, a few looks at it, and five days to go."""
    with site.database.transaction() as session:
        listing = session.get_one(Listing, 1)
        listing.valid_until = today() + timedelta(days=5)
        if listing.working_revision is None:
            start_revision(session, site.cast.alice.actor, listing).abstract = "另一段摘要，写得更清楚。"
        write_visits(session, [Look(1, today(), site.cast.bob.organization_id)])
        return listing.id


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_a_listings_life_are_accessible_and_fit(visit: Visit, axe: Axe, need_id: int, width: int) -> None:
    paths = (
        f"/needs/{need_id}",
        f"/listings/{need_id}/close",
        f"/listings/{need_id}/revisions",
        "/listings?state=ending",
    )
    page = visit(paths[0], "alice", width=width)
    for path in paths:
        page.goto(path)
        assert (path, axe(page), page.evaluate("document.documentElement.scrollWidth")) == (path, [], width)


def test_closing_asks_with_whom_only_where_the_platform_helped(visit: Visit, need_id: int) -> None:
    page = visit(f"/listings/{need_id}/close", "alice")
    expect(page.locator(".close-partner")).to_be_hidden()
    page.get_by_text("通过平台对接成功").click()
    expect(page.locator(".close-partner")).to_be_visible()
    page.get_by_text("通过其他途径解决").click()
    expect(page.locator(".close-partner")).to_be_hidden()
