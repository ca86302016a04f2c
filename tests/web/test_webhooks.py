"""The page of an organization's robots."""

from matchmaker.domain.base import Database
from matchmaker.domain.webhooks import Webhook
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries

FORM = {
    "name": "技转群",
    "robot": "dingtalk",
    "address": "https://oapi.dingtalk.com/robot/send?access_token=very-secret",
    "secret": "SEC-hidden",
    "topics": ["review", "interest"],
}


def test_robot_is_added_tried_changed_and_taken_away(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client, root = client_of("alice"), f"/organizations/{cast.alice.organization_id}/webhooks"
    assert client.post(root, data=FORM).status_code == 303
    assert client.post(f"{root}/1/test").status_code == 303
    page = client.get(root).text
    assert ("等待发送" in page, 'hx-trigger="every 3s"' in page, "oapi.dingtalk.com" in page) == (True, True, True)
    shown = page + client.get(f"{root}/1").text
    assert ("very-secret" in shown, "SEC-hidden" in shown) == (False, False)
    assert client.post(f"{root}/1", data={**FORM, "address": "", "secret": "", "name": "新名"}).status_code == 303
    with database.read() as session:
        robot = session.get_one(Webhook, 1)
    assert (robot.name, robot.address, robot.secret) == ("新名", FORM["address"], FORM["secret"])
    assert "<html" not in client.get(root, headers={"HX-Request": "true"}).text
    assert client.post(f"{root}/1/delete", follow_redirects=True).text.count("新名") == 0


def test_wrong_address_is_refused_and_the_rest_of_the_form_stays(client_of: ClientOf, cast: Cast) -> None:
    root = f"/organizations/{cast.alice.organization_id}/webhooks"
    refused = client_of("alice").post(root, data={**FORM, "address": "http://169.254.169.254/"})
    assert (refused.status_code, "这个地址不能使用" in refused.text, 'value="技转群"' in refused.text) == (
        422,
        True,
        True,
    )


def test_robots_are_shown_to_nobody_else(client_of: ClientOf, cast: Cast) -> None:
    root = f"/organizations/{cast.alice.organization_id}/webhooks"
    client_of("alice").post(root, data=FORM)
    statuses = [client_of(key).get(root).status_code for key in ("bob", "carol", "dave", "erin", None)]
    assert statuses == [404, 403, 403, 403, 303]


def test_page_asks_as_much_for_three_robots_as_for_one(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client, root, counts = client_of("alice"), f"/organizations/{cast.alice.organization_id}/webhooks", []
    for names in ("a", "bc"):
        for name in names:
            client.post(root, data={**FORM, "name": name})
        client.post(f"{root}/1/test")
        with counted_queries(database.engine) as queries:
            client.get(root)
        counts.append(len(queries))
    assert counts[0] == counts[1]
