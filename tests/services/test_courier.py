"""The messenger's thread: posts what is written while it runs, and ends when it is told to."""

import threading

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.webhooks import Webhook
from matchmaker.services.courier import Courier
from matchmaker.services.outbound import Outbound
from matchmaker.services.webhooks import announce
from tests.cast import Cast
from tests.services.http_server import ThisMachine, http_server

PATIENCE = 20


def test_courier_posts_until_it_is_stopped(database: Database, settings: Settings, cast: Cast) -> None:
    arrived = threading.Event()
    organization_id = cast.alice.organization_id
    with http_server() as robot:
        robot.on_arrival = arrived.set
        with database.transaction() as session:
            session.add(
                Webhook(
                    organization_id=organization_id,
                    name="群",
                    robot="wecom",
                    address=robot.address,
                    topics=["review"],
                )
            )
            session.flush()
            announce(session, organization_id, topic="review", title="题", body="文", path="/")
        courier = Courier(settings, database, Outbound(ThisMachine(robot.port)))
        courier.start()
        was_posted = arrived.wait(PATIENCE)
        courier.stop()
    assert (was_posted, len(robot.posted)) == (True, 1)


def test_courier_that_never_started_can_be_stopped(database: Database, settings: Settings) -> None:
    Courier(settings, database, Outbound()).stop()
