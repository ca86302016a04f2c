"""The administrator's page of rankers: what it shows, what it refuses, and hostile forms."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.jobs import Job
from matchmaker.domain.rankers import RankerChoice
from tests.conftest import ClientOf
from tests.models import BETTER, WORSE, gain, write_model

pytestmark = pytest.mark.slow

PAGE = "/admin/rankers"


def chosen(database: Database) -> list[tuple[str | None, str]]:
    with database.read() as session:
        return [(row.name, row.state) for row in session.scalars(sa.select(RankerChoice).order_by(RankerChoice.id))]


def test_page_shows_models_beside_what_serves_and_lets_one_serve(
    client_of: ClientOf, settings: Settings, database: Database
) -> None:
    client = client_of("erin")
    assert "还没有训练好的模型" in client.get(PAGE).text
    write_model(settings, "spring")
    write_model(settings, "bad", gains=[gain(BETTER, WORSE)])
    (settings.data / "models" / "broken").mkdir()
    text = client.get(PAGE).text
    assert ("可以启用：可用的判断还不够（0 / 20 对）" in text, "holds no trained model" in text) == (True, True)
    assert client.post(f"{PAGE}/use", data={"name": "spring", "seen": "0"}).status_code == 303
    assert chosen(database) == [("spring", "active")]
    assert "恢复内置排序" in client.get(PAGE).text
    refused = client.post(f"{PAGE}/use", data={"name": "bad", "seen": "1"})
    assert (refused.status_code, "0.800 → 0.700" in refused.text) == (409, True)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 409),
        ({"name": "spring"}, 409),
        ({"name": "spring", "seen": "-1"}, 409),
        ({"name": "spring", "seen": "７"}, 409),
        ({"name": "spring", "seen": "9" * 400}, 409),
        ({"name": "spring", "seen": "7"}, 409),
        ({"name": "../spring", "seen": "0"}, 422),
        ({"name": "%2e%2e/models/spring", "seen": "0"}, 422),
        ({"name": "<script>", "seen": "0"}, 422),
        ({"name": "a" * 5000, "seen": "0"}, 422),
        ({"name": "spring\x00", "seen": "0"}, 422),
        ({"seen": "0"}, 422),
    ],
)
def test_hostile_and_stale_forms_change_nothing(
    client_of: ClientOf, settings: Settings, database: Database, form: dict[str, str], status: int
) -> None:
    write_model(settings, "spring")
    assert client_of("erin").post(f"{PAGE}/use", data=form).status_code == status
    assert chosen(database) == []


def test_comparison_is_ordered_followed_and_called_off(
    client_of: ClientOf, settings: Settings, database: Database
) -> None:
    write_model(settings, "spring")
    client = client_of("erin")
    assert client.post(f"{PAGE}/compare", data={"name": "spring"}).status_code == 303
    assert client.post(f"{PAGE}/compare", data={"name": "nobody"}).status_code == 422
    with database.read() as session:
        job_id = session.scalars(sa.select(Job.id)).one()
    assert f"/admin/rankers/comparisons/{job_id}" in client.get(PAGE).text
    progress = client.get(f"{PAGE}/comparisons/{job_id}", headers={"HX-Request": "true"})
    assert (progress.status_code, "排队中" in progress.text) == (200, True)
    client.post(f"{PAGE}/comparisons/{job_id}/cancel")
    over = client.get(f"{PAGE}/comparisons/{job_id}", headers={"HX-Request": "true"})
    assert over.headers["HX-Redirect"] == PAGE


def test_lost_model_is_said_loudly_and_breaks_no_page(client_of: ClientOf, settings: Settings) -> None:
    path: Path = write_model(settings, "spring")
    client = client_of("erin")
    client.post(f"{PAGE}/use", data={"name": "spring", "seen": "0"})
    (path / "weights.json").write_text("{")
    texts = [client.get(address) for address in (PAGE, "/admin/status", "/matches", "/search?q=叶片")]
    assert [answer.status_code for answer in texts] == [200] * 4
    assert "选定的模型 spring 不能使用" in texts[0].text
    assert "选定的排序模型不能使用" in texts[1].text
    for key in ("alice", "carol", "dave", "mallory"):
        assert client_of(key).get(PAGE).status_code == 403
