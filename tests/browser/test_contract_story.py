"""From a need to the ledger: matched, met, followed up, signed, registered, counted; and down again to the match."""

from tests.browser.conftest import Site, Visit
from tests.browser.contract_acts import drill_down, meet, open_deal, post_both_sides, register, sign
from tests.browser.event_stage import Stage
from tests.working import working


def test_contract_from_the_need_to_the_ledger_and_back(site: Site, visit: Visit) -> None:
    people = {key: site.cast[key] for key in ("alice", "bob", "carol", "dave")}
    with working(site.settings, site.database) as worker:
        stage = Stage(site, worker, visit, people, {})
        post_both_sides(stage)
        event_id = meet(stage)
        open_deal(stage, event_id)
        sign(stage)
        register(stage)
        drill_down(stage)
