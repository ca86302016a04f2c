"""A line-up over HTTP: ordered, waited for, looked at, put on the programme."""

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.pitches import Pitch
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.events import make_event, make_registration
from tests.pairs import pair, publish
from tests.running import run_jobs
from tests.web.html import Page

pytestmark = pytest.mark.slow


def test_line_up_is_proposed_and_put_on_the_programme(
    client_of: ClientOf, database: Database, settings: Settings, cast: Cast
) -> None:
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor, kind="roadshow")
        offer = publish(session, cast.bob, "achievement", "除冰涂层")
        pair(session, publish(session, cast.alice, "need", "除冰"), offer, grade=3, probability=0.9)
        make_registration(session, event, cast.alice)
        address, offer_id = f"/events/{event.id}/line-up", offer.id
    carol = client_of("carol")
    assert carol.post(address, data={"places": "x"}).status_code == 422
    assert carol.post(address, data={"places": "3", "per_owner": "1"}).status_code == 303
    assert "hx-trigger" in carol.get(address, headers={"HX-Request": "true"}).text
    run_jobs(settings, database)
    assert carol.get(address, headers={"HX-Request": "true"}).headers["HX-Redirect"] == address
    page = Page(carol.get(address).text)
    assert page.texts("line-up-title") == ["1除冰涂层"]
    assert page.texts("line-up-gains") == ["天山机械有限公司 +0.90"]
    for _ in range(2):
        assert carol.post(f"{address}/add", data={"listing": [offer_id]}).status_code == 303
    assert carol.post(f"{address}/add").status_code == 422
    with database.read() as session:
        assert session.scalars(sa.select(Pitch.listing_id)).all() == [offer_id]
    assert client_of("alice").get(address).status_code == 403
