"""A decline report with everything on it fits and is accessible."""

from datetime import UTC, datetime

from matchmaker.domain.days import today
from matchmaker.domain.people import Role
from matchmaker.services.decisions import decide
from matchmaker.services.decline_reports.making import last_quarter, make_reports
from tests.browser.conftest import Axe, Site, Visit
from tests.cast import make_member, make_organization
from tests.pairs import pair, publish


def _report(site: Site) -> None:
    period = last_quarter(today())
    with site.database.transaction() as session:
        coating = publish(session, site.cast.bob, "achievement", "疏冰涂料")
        for number in range(4):
            firm = make_organization(session, "enterprise", f"企业{number}")
            member = make_member(session, firm, f"firm{number}", "员工", Role.ENTERPRISE)
            for reason in ("price", "too_early"):
                need = publish(session, member, "need", f"需求{number}{reason}")
                row = decide(session, member.actor, pair(session, need, coating).id, "unsuitable", reason=reason)
                row.at = datetime(period.since.year, period.since.month, 15, tzinfo=UTC)
        session.flush()
        make_reports(session, period)


def test_report_fits_and_is_accessible(visit: Visit, site: Site, axe: Axe) -> None:
    _report(site)
    for key, width in (("bob", 1440), ("bob", 390), ("dave", 390)):
        page = visit("/decline-reports", key, width=width)
        assert page.locator(".declines-reasons h3").all_inner_texts() == ["价格不合适", "太早期"]
        assert (axe(page), page.evaluate("document.documentElement.scrollWidth")) == ([], width)
