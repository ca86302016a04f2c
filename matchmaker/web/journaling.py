"""Writing down who was shown what of a listing, after the view has made its answer and before it leaves."""

from flask import Response, request

from matchmaker.domain.disclosures import Way
from matchmaker.services.readings import Seen, write_readings
from matchmaker.web.platform import platform

# Answers that show rows of several listings, of each only what a row holds.
LISTS = frozenset(
    {
        "campaigns.entries",
        "campaigns.screening",
        "dashboard.funnel_listings",
        "home.index",
        "dashboard.index",
        "drafts.similar",
        "listings.browse",
        "listings.mine",
        "matches.index",
        "matches.of_listing",
        "matches.propose_form",
        "matches.propose",
        "organizations.detail",
        "review.index",
        "search.index",
        "searches.change",
        "searches.detail",
        "triage.index",
    }
)
PAIRS = frozenset({"matches", "match_reports", "agreements", "forwardings", "triage"})
REDIRECTS = range(300, 400)


def write_down(seen: list[Seen], response: Response) -> None:
    """Write the readings of one request in a transaction of their own, short because nothing else is done in it.

    Raises:
        SQLAlchemyError: they could not be written, and so the answer must not leave.
    """
    if not seen or _shows_nothing(response):
        return
    with platform().database.transaction() as session:
        write_readings(session, seen, _way(seen, response))


def _shows_nothing(response: Response) -> bool:
    return response.status_code in REDIRECTS and response.status_code != 304


def _way(seen: list[Seen], response: Response) -> Way:
    blueprint = (request.endpoint or "").partition(".")[0]
    if request.endpoint in LISTS:
        return Way.LIST
    if "attachment" in response.headers.get("Content-Disposition", ""):
        return Way.EXPORT
    if blueprint in PAIRS:
        return Way.MATCH
    if blueprint == "review":
        return Way.REVIEW
    if blueprint == "screening":
        return Way.SCREENING
    return Way.PAGE if len({one.listing_id for one in seen}) == 1 else Way.LIST
