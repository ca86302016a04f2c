"""Imports and exports in the browser: from the upload over columns and preview to the report, and out again."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.imports import Import
from matchmaker.domain.listings import Listing
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.running import run_jobs
from tests.services.imports.conftest import NEED

HEADINGS = ("我们的编号", "题目", "一句话", "难题", "门类", "怎样合作")
FIELDS = ("external_id", "title", "abstract", "problem", "field", "cooperation")
ROW = ("1", "风机叶片前缘防护涂层", "寻找耐磨涂层。", "戈壁风场叶片前缘两年磨穿。", "新材料及其应用", "委托开发")


def book(*rows: Sequence[Any]) -> bytes:
    """Return an .xlsx of rows of cells."""
    made, target = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    made.save(target)
    return target.getvalue()


def upload(client: FlaskClient, content: bytes, name: str = "需求清单.xlsx", **form: str) -> TestResponse:
    return client.post("/imports", data={"kind": "need", "file": (io.BytesIO(content), name), **form})


def choose(client: FlaskClient, address: str, fields: Sequence[str] = FIELDS, **form: str) -> TestResponse:
    columns = {f"column-{place}": name for place, name in enumerate(fields)}
    return client.post(f"{address}/columns", data={"arrival": "submitted", "visibility": "public", **columns, **form})


def test_import_from_upload_to_report(client_of: ClientOf, database: Database, settings: Settings, cast: Cast) -> None:
    alice = client_of("alice")
    bad = ("2", "变桨轴承", "摘要", "问题", "炼金术", "委托开发")
    sent = upload(alice, book(HEADINGS, ROW, bad))
    address = sent.location
    assert (sent.status_code, address) == (303, "/imports/1")
    assert 'hx-trigger="every 1s"' in alice.get(address).text
    run_jobs(settings, database)
    assert 'name="column-5"' in alice.get(address).text
    assert choose(alice, address).status_code == 303
    run_jobs(settings, database)
    preview = alice.get(address).text
    assert ("导入 1 行" in preview, "“炼金术”不在可选范围内，请从列表中选择。" in preview) == (True, True)
    assert alice.post(f"{address}/run").status_code == 422
    assert alice.post(f"{address}/run", data={"declared": "1"}).status_code == 303
    assert alice.get(address, headers={"HX-Request": "true"}).text.count('id="progress"') == 1
    run_jobs(settings, database)
    assert alice.get(address, headers={"HX-Request": "true"}).headers["HX-Redirect"] == address
    assert alice.get(address).text.count("“炼金术”不在可选范围内，请从列表中选择。") == 1
    with database.read() as session:
        assert session.execute(sa.select(Listing.external_id, Listing.state, Listing.organization_id)).all() == [
            ("1", "submitted", cast.alice.organization_id)
        ]


def report_rows(client: FlaskClient, address: str) -> list[list[Any]]:
    answer = client.get(f"{address}/report/xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def finished(client_of: ClientOf, database: Database, settings: Settings) -> str:
    """Return the address of a finished import of alice's with one good and one bad row."""
    alice = client_of("alice")
    address = upload(alice, book(list(NEED), list(NEED.values()), ["2", "变桨轴承"])).location or ""
    run_jobs(settings, database)
    choose(alice, address, [*_fields(alice, address)])
    run_jobs(settings, database)
    alice.post(f"{address}/run", data={"declared": "1"})
    run_jobs(settings, database)
    return address


def _fields(client: FlaskClient, address: str) -> list[str]:
    return ["external_id", "title", "abstract", "visibility", "problem", "field", "cooperation", "budget"]


def test_report_holds_row_column_and_reason_in_both_formats(client_of: ClientOf, finished: str) -> None:
    alice = client_of("alice")
    rows = report_rows(alice, finished)
    assert rows[0] == ["行号", "列", "原因", "处理"]
    assert [row[:3] for row in rows[1:]] == [
        [3, column, reason]
        for column, reason in (
            ("公开摘要", "请填写这一项。"),
            ("技术需求", "请填写这一项。"),
            ("合作方式", "请选择这一项。"),
            ("技术领域", "请选择这一项。"),
        )
    ]
    text = alice.get(f"{finished}/report/csv").data.decode("utf-8-sig")
    assert text.splitlines()[1] == "3,公开摘要,请填写这一项。,未导入"
    assert alice.get(f"{finished}/report/pdf").status_code == 404


@pytest.mark.parametrize("key", ["bob", "mallory", "carol", "dave", "peter"])
def test_import_of_others_is_not_there(client_of: ClientOf, finished: str, key: str) -> None:
    client = client_of(key)
    answers = [client.get(finished), client.get(f"{finished}/report/xlsx"), client.post(f"{finished}/run")]
    answers += [client.post(f"{finished}/columns"), client.post(f"{finished}/cancel")]
    assert [answer.status_code for answer in answers] == [404] * 5


@pytest.mark.parametrize(
    ("key", "status"), [("alice", 200), ("bob", 200), ("carol", 200), ("dave", 200), ("peter", 403)]
)
def test_page_of_imports_is_for_those_who_post_and_the_bureau(client_of: ClientOf, key: str, status: int) -> None:
    assert client_of(key).get("/imports").status_code == status


def test_university_is_offered_achievements_only(client_of: ClientOf) -> None:
    bob = client_of("bob")
    assert bob.get("/imports").text.count("/imports/template/needs") == 0
    assert bob.get("/imports/template/needs").status_code == 403
    assert upload(bob, book(HEADINGS, ROW)).status_code == 403


def test_broker_imports_for_a_client(client_of: ClientOf, database: Database, settings: Settings, cast: Cast) -> None:
    carol = client_of("carol")
    assert upload(carol, book(HEADINGS, ROW)).status_code == 422
    address = upload(carol, book(HEADINGS, ROW), organization=str(cast.alice.organization_id)).location or ""
    run_jobs(settings, database)
    choose(carol, address)
    run_jobs(settings, database)
    carol.post(f"{address}/run", data={"declared": "1"})
    run_jobs(settings, database)
    with database.read() as session:
        assert session.execute(sa.select(Listing.state, Listing.broker_id)).all() == [
            ("confirming", cast.carol.user_id)
        ]


def test_columns_are_remembered_for_the_organization(
    client_of: ClientOf, database: Database, settings: Settings
) -> None:
    for key, told in (("alice", 0), ("alice", 1), ("mallory", 0)):
        client = client_of(key)
        address = upload(client, book(HEADINGS, ROW)).location or ""
        run_jobs(settings, database)
        assert client.get(address).text.count("已按本单位上次的选择填好。") == told
        choose(client, address)


def test_title_must_be_among_the_columns(client_of: ClientOf, database: Database, settings: Settings) -> None:
    alice = client_of("alice")
    address = upload(alice, book(HEADINGS, ROW)).location or ""
    run_jobs(settings, database)
    answer = choose(alice, address, ["", "", "abstract", "problem", "", ""])
    assert (answer.status_code, answer.text.count("请指出哪一列是名称：没有名称的行不能导入。")) == (422, 1)
    assert choose(alice, address, ["secrets", "title"]).status_code == 422


def test_running_twice_is_one_run_and_cancelled_ones_go_on(
    client_of: ClientOf, database: Database, settings: Settings
) -> None:
    alice = client_of("alice")
    address = upload(alice, book(HEADINGS, ROW)).location or ""
    run_jobs(settings, database)
    choose(alice, address)
    run_jobs(settings, database)
    for _ in range(2):
        alice.post(f"{address}/run", data={"declared": "1"})
    alice.post(f"{address}/cancel")
    assert alice.get(address).text.count("继续导入") == 2
    alice.post(f"{address}/run", data={"declared": "1"})
    run_jobs(settings, database)
    assert alice.post(f"{address}/columns").status_code == 409
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count(Listing.id))) == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"", "文件是空的，请检查后重新选择。"),
        ("a.pdf", b"%PDF", "“a.pdf”不是 .jsonl、.csv 或 .xlsx 文件，请另存为其中一种。"),
        ("a.xlsx", b"PK\x03\x04broken", "“a.xlsx”不是有效的 .xlsx 文件，或者已经损坏。"),
        ("../../x.xlsx", b"broken", "“x.xlsx”不是有效的 .xlsx 文件，或者已经损坏。"),
        ("a\u202excod\x07.xlsx", b"broken", "“axcod.xlsx”不是有效的 .xlsx 文件，或者已经损坏。"),
        ("字" * 500 + ".xlsx", b"broken", f"“{'字' * 145}.xlsx”不是有效的 .xlsx 文件，或者已经损坏。"),
    ],
)
def test_unusable_uploads_are_told_at_once_and_leave_nothing(
    client_of: ClientOf, database: Database, settings: Settings, name: str, content: bytes, sentence: str
) -> None:
    answer = upload(client_of("alice"), content, name)
    assert (answer.status_code, answer.text.count(sentence)) == (422, 1)
    assert list(settings.data.rglob("imports/*/*")) == []
    with database.read() as session:
        assert session.scalars(sa.select(Import.id)).all() == []


def test_nothing_chosen_is_told(client_of: ClientOf) -> None:
    answer = client_of("alice").post("/imports", data={"kind": "need"})
    assert (answer.status_code, answer.text.count("请先选择要上传的文件。")) == (422, 1)


def test_upload_above_the_limit_is_refused_unread(app: Flask, client_of: ClientOf) -> None:
    class Unread(io.BytesIO):
        """Fails whoever reads it."""

        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("read")

    sizes = (200 * 2**20, app.config["MAX_CONTENT_LENGTH"] + 1)
    for address, size in zip(("/imports", "/exports"), sizes, strict=True):
        answer = client_of("alice").post(
            address,
            input_stream=Unread(),
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"CONTENT_LENGTH": str(size)},
        )
        assert answer.status_code == 413


def test_template_can_be_downloaded(client_of: ClientOf) -> None:
    answer = client_of("bob").get("/imports/template/achievements")
    assert load_workbook(io.BytesIO(answer.data)).sheetnames == ["填写", "说明", "示例", "选项"]


def test_list_of_imports_asks_as_much_for_three_as_for_one(client_of: ClientOf, database: Database) -> None:
    from tests.counting import counted_queries

    alice, counts = client_of("alice"), []
    for more in (1, 2):
        for _ in range(more):
            upload(alice, book(HEADINGS, ROW))
        with counted_queries(database.engine) as statements:
            alice.get("/imports")
        counts.append(len(statements))
    assert counts[0] == counts[1]
