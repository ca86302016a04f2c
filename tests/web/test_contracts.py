"""Pages of contracts: filled in bit by bit, handed in when whole, registered or returned; nobody else sees them."""

import io
import re

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.contracts import Contract
from matchmaker.domain.deals import Deal
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.contracts import filled, make_contract, make_deal, make_registered
from tests.counting import counted_queries
from tests.web.forms import errors_of

pytestmark = pytest.mark.slow

DEDUCTIONS = {
    "deduction_kind": ["materials", "equipment"],
    "deduction_name": ["碳纤维布", ""],
    "deduction_amount": ["20万", ""],
}


def _stored(database: Database) -> Contract:
    with database.transaction() as session:
        contract = session.scalars(sa.select(Contract)).one()
        session.expunge(contract)
    return contract


def test_contract_goes_from_a_deal_to_the_register(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_contract(session, cast)
        session.execute(sa.delete(Contract.deductions.property.mapper.class_))
        session.execute(sa.delete(Contract))
        deal_id = session.scalars(sa.select(Deal.id)).one()
    bob, dave = client_of("bob"), client_of("dave")
    assert "为这个项目录入合同" in bob.get(f"/contracts/new?deal={deal_id}").text
    place = bob.post("/contracts/new", data={"deal": deal_id}).location
    page = place.removesuffix("/edit")
    assert (
        bob.post(place, data={**filled(), **DEDUCTIONS, "version": 1, "then": "submit"}).location == f"{place}?check=1"
    )
    assert "请上传双方签署的合同文本" in bob.get(f"{place}?check=1").text
    whole = {
        **filled(),
        **DEDUCTIONS,
        "version": 2,
        "then": "submit",
        "file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "合同.pdf"),
    }
    assert bob.post(place, data=whole).location == page
    assert "《" not in dave.get("/contracts?state=submitted").text
    assert "风机叶片电热除冰涂层开发合同" in dave.get("/contracts?state=submitted").text
    answer = dave.post(f"{page}/register", data={"registration_number": "", "registered_on": "", "version": 4})
    assert (answer.status_code, errors_of(answer)) == (422, ["contracts-register-registration_number"])
    typed = {"registration_number": "2026650100000001", "registered_on": filled()["signed_on"], "version": 4}
    assert [dave.post(f"{page}/register", data=typed).status_code for _ in range(2)] == [303, 409]
    assert "1,000,000" in bob.get(page).text
    assert "2026650100000001" in bob.get("/contracts").text


def test_refused_form_keeps_everything_typed(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        contract = make_contract(session, cast)
        place, version = f"/contracts/{contract.id}/edit", contract.version
    bob = client_of("bob")
    typed = {**filled(total_value="-5", name="另一个名称"), **DEDUCTIONS, "version": version}
    answer = bob.post(place, data=typed)
    assert (answer.status_code, errors_of(answer)) == (422, ["total_value"])
    assert [text in answer.text for text in ("另一个名称", 'value="-5"', "碳纤维布")] == [True] * 3
    stale = bob.post(place, data={**typed, "total_value": "120万", "version": version - 1})
    assert (stale.status_code, "另一个名称" in stale.text) == (409, True)
    assert _stored(database).name == filled()["name"]


def test_refused_form_keeps_the_file_and_the_dispute(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        contract = make_contract(session, cast)
        place, version = f"/contracts/{contract.id}/edit", contract.version
    bob = client_of("bob")
    typed = {**filled(total_value="-5"), **DEDUCTIONS, "version": version, "is_disputed": "1"}
    answer = bob.post(place, data={**typed, "file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "新合同.pdf")})
    assert "已保留您选择的文件：新合同.pdf" in answer.text
    assert 'name="is_disputed" value="1" checked' in answer.text
    word = re.search(r'name="kept_file" value="([^"]+)"', answer.text)
    assert word is not None
    typed |= {"total_value": "120万", "kept_file": word[1], "version": version}
    assert client_of("alice").post(place, data={**typed, "total_value": "-5"}).text.count("新合同.pdf") == 0
    assert bob.post(place, data=typed).status_code == 303
    assert (_stored(database).file_name, _stored(database).is_disputed) == ("新合同.pdf", True)
    wrong = {**typed, "version": version + 1, "file": (io.BytesIO(b"MZ"), "合同.exe")}
    assert errors_of(bob.post(place, data=wrong)) == ["file"]


def test_likely_double_is_asked_about_before_it_is_handed_in(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    with database.transaction() as session:
        deal = make_deal(session, cast)
        registered = make_registered(session, cast, deal).id
        twin = make_contract(session, cast, deal, name="风机叶片除冰涂层开发合同")
        place, version = f"/contracts/{twin.id}", twin.version
    bob = client_of("bob")
    typed = {**filled(name="风机叶片除冰涂层开发合同"), **DEDUCTIONS, "version": version, "then": "submit"}
    assert bob.post(f"{place}/edit", data=typed).location == f"{place}/edit#doubles"
    page = bob.get(f"{place}/edit").text
    assert "双方单位和成交总额相同、合同编号相同" in page
    assert f'href="/contracts/{registered}"' in page
    said = {**typed, "version": version + 1, "is_another": "1"}
    assert bob.post(f"{place}/edit", data=said).location == place
    assert f'href="/contracts/{registered}"' in client_of("dave").get(place).text


def test_note_is_written_on_the_page_and_taken_back(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        place = f"/contracts/{make_contract(session, cast).id}"
    bob = client_of("bob")
    answer = bob.post(f"{place}/notes", data={"text": "底价八折", "audience": ""})
    assert (answer.status_code, "底价八折" in answer.text) == (422, True)
    assert bob.post(f"{place}/notes", data={"text": "底价八折", "audience": "side"}).location == f"{place}#notes"
    assert ["底价八折" in client_of(key).get(place).text for key in ("bob", "alice", "dave")] == [True, False, False]
    assert bob.post("/deals/notes/1/take-back").location == f"{place}#notes"
    assert "底价八折" not in bob.get(place).text


def test_transaction_value_is_reckoned_as_typed(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        place = f"/contracts/{make_contract(session, cast).id}/reckon"
    bob = client_of("bob")
    assert "1,000,000" in bob.post(place, data={"total_value": "120万", **DEDUCTIONS}).text
    assert "两个金额相等" in bob.post(place, data={"total_value": "120万"}).text
    assert "合计不能超过成交总额" in bob.post(place, data={"total_value": "1000", **DEDUCTIONS}).text
    assert client_of("dave").post(place).status_code == 403


def test_contract_without_a_deal_says_what_to_do(client_of: ClientOf) -> None:
    answer = client_of("bob").post("/contracts/new", data={})
    assert (answer.status_code, "请先选择一个跟进项目" in answer.text) == (422, True)
    assert client_of("bob").post("/contracts/new", data={"deal": "999"}).status_code == 404


def test_payment_is_planned_received_in_part_and_dropped(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        contract = make_registered(session, cast)
        place, version, signed = f"/contracts/{contract.id}", contract.version, contract.signed_on
    bob = client_of("bob")
    planned = {"planned_on": "2026-12-01", "planned_amount": "50万", "note": "首付", "version": version}
    assert bob.post(f"{place}/payments", data={**planned, "planned_amount": "500万"}).status_code == 422
    assert bob.post(f"{place}/payments", data=planned).status_code == 303
    came = {"received_on": signed, "received_amount": "30万", "technology_income": "20万", "version": version + 1}
    assert bob.post(f"{place}/payments/1", data=came).status_code == 303
    page = bob.get(place).text
    assert [text in page for text in ("30 万元", "20 万元", "技术性收入")] == [True] * 3
    assert bob.post(f"{place}/payments/2/drop", data={"version": version + 2}).status_code == 303
    assert client_of("dave").post(f"{place}/payments", data=planned).status_code == 403


def test_registered_contract_is_amended_and_struck_off(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        contract = make_registered(session, cast)
        place, version, today = f"/contracts/{contract.id}", contract.version, contract.registered_on
    dave = client_of("dave")
    change = {"effective_on": today, "reason": "补充协议", "total_value": "150万", "version": version}
    assert errors_of(dave.post(f"{place}/amend", data={**change, "reason": ""})) == ["contracts-amend-reason"]
    assert dave.post(f"{place}/amend", data={**change, **DEDUCTIONS}).status_code == 303
    assert "1,300,000" in dave.get(place).text
    strike = {"on": today, "reason": "双方解除", "version": version + 1}
    assert dave.post(f"{place}/cancel", data=strike).status_code == 303
    assert "双方解除" in client_of("alice").get(place).text


def test_returned_contract_tells_why_and_waits_for_its_writers(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    with database.transaction() as session:
        contract = make_contract(session, cast)
        place, version = f"/contracts/{contract.id}", contract.version
    bob, dave = client_of("bob"), client_of("dave")
    bob.post(f"{place}/edit", data={**filled(), **DEDUCTIONS, "version": version, "then": "submit"})
    back = {"reason": "wrong_amounts", "note": "请列出设备费", "version": version + 2}
    assert dave.post(f"{place}/return", data={**back, "reason": ""}).status_code == 422
    assert dave.post(f"{place}/return", data=back).status_code == 303
    assert "请列出设备费" in bob.get(f"{place}/edit").text
    assert "退回修改的技术合同" in bob.get("/dashboard").text


@pytest.mark.parametrize(("key", "status"), [("alice", 200), ("carol", 200), ("dave", 200), ("mallory", 404)])
def test_contract_is_seen_by_its_people_only(
    database: Database, cast: Cast, client_of: ClientOf, key: str, status: int
) -> None:
    with database.transaction() as session:
        place = f"/contracts/{make_contract(session, cast).id}"
    client = client_of(key)
    assert client.get(place).status_code == status
    assert client.get(f"{place}/edit").status_code == {"dave": 403, "mallory": 404}.get(key, 200)


def test_list_asks_as_often_for_three_as_for_one(database: Database, cast: Cast, client_of: ClientOf) -> None:
    dave, counts = client_of("dave"), []
    with database.transaction() as session:
        deal = make_deal(session, cast)
        make_contract(session, cast, deal)
        deal_id = deal.id
    for number in range(3):
        if number:
            with database.transaction() as session:
                make_contract(session, cast, session.get_one(Deal, deal_id), name=f"合同{number}")
        with counted_queries(database.engine) as queries:
            dave.get("/contracts")
        counts.append(len(queries))
    assert counts[0] == counts[2]
