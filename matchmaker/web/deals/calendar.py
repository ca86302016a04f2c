"""The calendar of next steps: what its script asks for. The page shows a list of the coming days without it."""

from datetime import date, timedelta
from typing import Any

from flask import jsonify, request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.deals.calendar import DatedDeal, dated_deals
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint
from matchmaker.web.deals.filters import wanted_deals
from matchmaker.web.formatting import state_name
from matchmaker.web.language import translate

LONGEST = timedelta(days=100)
DAY = len("2026-12-01")
SPAN = N_("请选择 100 天以内的一段时间。")


@blueprint.get("/deals/calendar")
@signed_in
def calendar() -> Response:
    """The next steps between `start` and `end` of the deals that the viewer may see."""
    since, until = (_day(request.args.get(name, "")) for name in ("start", "end"))
    if not since < until <= since + LONGEST:
        raise Invalid(SPAN)
    found = dated_deals(session(), current_actor(), wanted_deals(), since, until)
    return jsonify([_entry(each) for each in found])


def _entry(dated: DatedDeal) -> dict[str, Any]:
    deal = dated.deal
    name = f"{translate(deal.one)} × {translate(deal.other)}"
    what = _("唤醒：%(name)s", name=name) if dated.wakes else f"{deal.next_step} · {name}"
    tone = "sleeping" if dated.wakes else "late" if deal.is_overdue else deal.state
    return {
        "id": deal.id,
        "title": what,
        "start": dated.on.isoformat(),
        "allDay": True,
        "url": url_for("deals.detail", deal_id=deal.id),
        "classNames": [f"deal-day-{tone}"],
        "extendedProps": {
            "place": translate(deal.doer) or deal.owner or _("等待负责人"),
            "state": state_name(deal.state),
        },
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:DAY])
    except ValueError:
        raise Invalid(SPAN) from None
