"""Deals (跟进项目): opened from what led to them, moved on, put to sleep, handed over; everything is in the journal."""

from matchmaker.services.deals.brokers import brokers_at_work
from matchmaker.services.deals.handing_over import hand_over_deal, release_deals, release_deals_of_suspended
from matchmaker.services.deals.keys import rename_keys
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.deals.moving import advance, move_deal
from matchmaker.services.deals.opening import (
    can_open_for_appointment,
    can_open_for_match,
    open_for_appointment,
    open_for_match,
    require_openable,
)
from matchmaker.services.deals.planning import plan_deal

__all__ = [
    "advance",
    "brokers_at_work",
    "can_open_for_appointment",
    "can_open_for_match",
    "hand_over_deal",
    "load_deal",
    "move_deal",
    "open_for_appointment",
    "open_for_match",
    "plan_deal",
    "release_deals",
    "release_deals_of_suspended",
    "rename_keys",
    "require_openable",
]
