"""Pages of the ledger: each figure opens to its rows and these to their records; forms keep what was typed."""

import csv
import io

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.closed_periods import ClosedPeriod
from matchmaker.domain.evidence_records import EvidenceRecord
from matchmaker.domain.indicators import shipped_definitions
from matchmaker.services.ledger.rules import RULES, Rule
from matchmaker.web.login import SessionUser
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.contracts import make_registered
from tests.counting import counted_queries
from tests.drafts import make_published
from tests.ledger import a_record, make_approved, make_branch_staff, make_second, on_day
from tests.web.forms import errors_of

RECORD = {
    "indicator": "envoys",
    "on": "2025-06-30",
    "subject": "第一批科技特派员",
    "amount": "12",
    "reference": "乌科发〔2025〕8号",
}


def test_a_figure_opens_to_rows_and_a_row_to_its_record(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with on_day(2025, 5, 5), database.transaction() as session:
        listing_id = make_published(session, cast.alice, cast.dave, title="除冰").id
    dave = client_of("dave")
    assert "/ledger/published_needs?year=2025" in dave.get("/ledger?year=2025").text
    page = dave.get("/ledger/published_needs?year=2025&quarter=2")
    assert f'href="/needs/{listing_id}"' in page.text
    assert (dave.get(f"/needs/{listing_id}").status_code, "除冰" in page.text) == (200, True)
    assert "没有记录" in dave.get("/ledger/published_needs?year=2025&quarter=1").text


def test_a_contract_opens_from_the_figure_that_counts_it(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        contract_id = make_registered(session, cast).id
    dave = client_of("dave")
    for indicator in ("contract_value", "contract_technology_value"):
        assert f'href="/contracts/{contract_id}"' in dave.get(f"/ledger/{indicator}").text
    assert dave.get(f"/contracts/{contract_id}").status_code == 200


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_rows_are_taken_along(database: Database, cast: Cast, client_of: ClientOf, file_format: str) -> None:
    with database.transaction() as session:
        diana = make_second(session, cast)
        make_approved(session, cast.dave.actor, diana.actor, a_record(subject="=HYPERLINK(1)"))
    answer = client_of("dave").get(f"/ledger/envoys/rows?year=2025&format={file_format}")
    assert answer.status_code == 200
    if file_format == "csv":
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [(row[0], row[3], row[7]) for row in rows[1:]] == [("2025-06-30", "'=HYPERLINK(1)", "12")]


def test_an_unknown_format_or_indicator_is_refused(client_of: ClientOf) -> None:
    dave = client_of("dave")
    statuses = [dave.get(f"/ledger/{path}").status_code for path in ("envoys/rows?format=exe", "x", "x/targets")]
    assert statuses == [422, 404, 404]


def test_a_rule_that_fails_shows_its_error_beside_the_others(
    database: Database, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, "attendance", Rule("", lambda reading, definition: [][1]))
    dave = client_of("dave")
    assert [text in dave.get("/ledger").text for text in ("统计出错", "发布技术需求")] == [True, True]
    assert "统计规则出错（IndexError）" in dave.get("/ledger/exhibitors").text


def test_a_record_is_entered_approved_and_corrected(database: Database, cast: Cast, client_of: ClientOf) -> None:
    dave = client_of("dave")
    entered = dave.post("/ledger/records/new", data=RECORD)
    assert entered.status_code == 303
    place = entered.location
    assert "等待科技局另一位同事确认" in dave.get(place).text
    assert dave.post(f"{place}/approve").status_code == 403
    with database.transaction() as session:
        record = session.scalars(sa.select(EvidenceRecord)).one()
        record.entered_by_id = cast.erin.user_id
    assert dave.post(f"{place}/approve").status_code == 303
    assert dave.post(f"{place}/approve").status_code == 409
    correction = dave.post(f"{place}/correct", data={**RECORD, "amount": "11"})
    assert (correction.status_code, "更正的是记录" in dave.get(correction.location).text) == (303, True)


def test_a_refused_record_keeps_what_was_typed(client_of: ClientOf) -> None:
    answer = client_of("dave").post("/ledger/records/new", data={**RECORD, "amount": "很多", "reference": ""})
    assert (answer.status_code, sorted(errors_of(answer))) == (422, ["amount", "reference"])
    assert 'value="很多"' in answer.text


def test_a_document_is_handed_out_to_who_may_see_it(database: Database, cast: Cast, client_of: ClientOf) -> None:
    file = (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "名单.pdf")
    entered = client_of("dave").post("/ledger/records/new", data={**RECORD, "reference": "", "file": file})
    assert entered.status_code == 303
    answer = client_of("erin").get(f"{entered.location}/file")
    assert answer.data.startswith(b"%PDF")
    answer.close()
    assert client_of("alice").get(f"{entered.location}/file").status_code == 403


def test_targets_are_set_and_what_was_refused_is_kept(client_of: ClientOf) -> None:
    dave = client_of("dave")
    wrong = dave.post("/ledger/envoys/targets?year=2027", data={"0-0": "40", "0-1": "ten"})
    assert (wrong.status_code, 'value="ten"' in wrong.text) == (422, True)
    assert dave.post("/ledger/envoys/targets?year=2027", data={"0-0": "40", "0-1": "30"}).status_code == 303
    assert "各季度合计少 10 人" in dave.get("/ledger/targets?year=2027").text


def test_a_period_is_closed_and_reopened(database: Database, client_of: ClientOf) -> None:
    dave = client_of("dave")
    assert dave.post("/ledger/periods", data={"period": "2025-quarter-1"}).status_code == 303
    assert dave.post("/ledger/periods", data={"period": "2025-quarter-1"}).status_code == 409
    wrong = ("2025-quarter-5", "2025-decade-1", "x", "2025-quarter-", "99999-year-1")
    assert [dave.post("/ledger/periods", data={"period": each}).status_code for each in wrong] == [422] * 5
    with database.read() as session:
        period_id = session.scalars(sa.select(ClosedPeriod.id)).one()
    assert "校验一致" in dave.get("/ledger/periods?year=2025").text
    assert dave.get(f"/ledger/periods/{period_id}").status_code == 200
    assert dave.post(f"/ledger/periods/{period_id}/reopen").status_code == 422
    assert dave.post(f"/ledger/periods/{period_id}/reopen", data={"reason": "补报"}).status_code == 303


def test_a_definition_gets_a_new_version(client_of: ClientOf) -> None:
    dave = client_of("dave")
    assert dave.get("/ledger/briefings/definition").status_code == 200
    shipped = next(each for each in shipped_definitions() if each.indicator == "briefings")
    form = {name: getattr(shipped, name) for name in ("name", "action", "clause", "unit", "measure", "rule", "once")}
    form |= {"owner": shipped.owner, "from_year": "2025", "reason": "改名", "event_kinds": "briefing"}
    unchanged = dave.post("/ledger/briefings/definition", data=form)
    assert unchanged.status_code == 422
    changed = dave.post("/ledger/briefings/definition", data={**form, "name": "宣贯"})
    assert (changed.status_code, "第 2 版" in dave.get("/ledger/briefings").text) == (303, True)


def test_branch_staff_see_their_part_and_keep_nothing(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        frank = make_branch_staff(session)
        entered = make_approved(session, cast.dave.actor, make_second(session, cast).actor, a_record())
    client = client_of("dave").application.test_client(user=SessionUser(frank.user_id, 1, frank.membership_id))
    reads = ("/ledger", "/ledger/envoys?year=2025", "/ledger/targets", "/ledger/periods", "/ledger/records")
    assert [client.get(path).status_code for path in reads] == [200] * 5
    assert "第一批科技特派员" not in client.get("/ledger/envoys?year=2025").text
    hidden = (f"/ledger/records/{entered.id}", f"/ledger/records/{entered.id}/file")
    assert [client.get(path).status_code for path in hidden] == [404, 404]
    kept = ("/ledger/envoys/targets", "/ledger/envoys/definition", "/ledger/new-indicator")
    assert [client.get(path).status_code for path in kept] == [403] * 3
    assert client.post("/ledger/periods", data={"period": "2025-quarter-1"}).status_code == 403


def test_the_ledger_is_read_in_a_fixed_number_of_queries(database: Database, cast: Cast, client_of: ClientOf) -> None:
    dave, counts = client_of("dave"), []
    for number in (1, 2):
        with on_day(2025, 5, 5), database.transaction() as session:
            for each in range(number):
                make_published(session, cast.alice, cast.dave, title=f"除冰{number}{each}")
        for path in ("/ledger?year=2025", "/ledger/published_needs?year=2025"):
            with counted_queries(database.engine) as statements:
                dave.get(path)
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
