"""Verification on the site: an owner uploads and hands in, two of the bureau decide, documents stay private."""

import io

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.people import Organization
from matchmaker.domain.verifications import Verification, VerificationDocument
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.web.forms import errors_of

PDF = b"%PDF-1.7\n" + b"x" * 300


@pytest.fixture(autouse=True)
def _unverified(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        session.get_one(Organization, cast.alice.organization_id).verified_at = None


def _upload(
    client_of: ClientOf, cast: Cast, name: str = "营业执照.pdf", content: bytes = PDF, kind: str = "other"
) -> int:
    path = f"/organizations/{cast.alice.organization_id}/verification/documents"
    data = {"file": (io.BytesIO(content), name), "kind": kind}
    return client_of("alice").post(path, data=data).status_code


def _verification(database: Database) -> tuple[int, str, int]:
    with database.read() as session:
        row = session.scalars(sa.select(Verification).order_by(Verification.id.desc())).first()
        assert row is not None
        document = session.scalars(sa.select(VerificationDocument.id).order_by(VerificationDocument.id.desc())).first()
        return row.id, row.state, document or 0


def test_owner_hands_in_and_two_of_the_bureau_verify(client_of: ClientOf, database: Database, cast: Cast) -> None:
    owner, first, second = client_of("alice"), client_of("dave"), client_of("erin")
    path = f"/organizations/{cast.alice.organization_id}/verification"
    assert "上传证照" in owner.get(f"/organizations/{cast.alice.organization_id}").text
    assert _upload(client_of, cast) == 303
    assert owner.post(f"{path}/submit", data={"note": "新注册"}).location == path
    number, state, document = _verification(database)
    assert (state, "天山机械有限公司" in first.get("/verifications").text) == ("submitted", True)
    with first.get(f"/verification-documents/{document}") as answer:
        assert answer.data == PDF
    assert first.post(f"/verifications/{number}/check", data={}).location == f"/verifications/{number}"
    assert "等待复核" in first.get(f"/verifications/{number}").text
    assert first.post(f"/verifications/{number}/confirm", data={}).status_code == 403
    assert second.post(f"/verifications/{number}/confirm", data={}).location == f"/verifications/{number}"
    with database.read() as session:
        assert session.get_one(Organization, cast.alice.organization_id).verified_at is not None
        opened = sa.select(JournalEntry.actor_id).where(JournalEntry.action == "open_document")
        assert session.scalars(opened).all() == [cast.dave.user_id]
    assert "已通过核验" in owner.get(path).text


def test_documents_are_nobody_elses(client_of: ClientOf, database: Database, cast: Cast) -> None:
    _upload(client_of, cast)
    client_of("alice").post(f"/organizations/{cast.alice.organization_id}/verification/submit")
    number, _state, document = _verification(database)
    for key in ("bob", "carol", "mallory", "peter"):
        assert client_of(key).get(f"/verification-documents/{document}").status_code == 404
        assert client_of(key).get(f"/verifications/{number}").status_code == 403
    with client_of("alice").get(f"/verification-documents/{document}") as answer:
        kept, shown = answer.headers["Cache-Control"], answer.headers["Content-Disposition"]
    assert (kept, shown.partition(";")[0]) == ("private, no-store", "attachment")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"", "other"),
        ("a.exe", PDF, "other"),
        ("a.pdf", b"MZ" + b"x" * 99, "other"),
        ("a.pdf", PDF, "passport"),
    ],
)
def test_wrong_documents_are_refused(
    client_of: ClientOf, database: Database, cast: Cast, name: str, content: bytes, kind: str
) -> None:
    assert _upload(client_of, cast, name, content, kind) == 422
    with database.read() as session:
        assert session.scalars(sa.select(VerificationDocument)).all() == []


def test_refusal_without_reason_keeps_what_was_typed(client_of: ClientOf, database: Database, cast: Cast) -> None:
    _upload(client_of, cast)
    client_of("alice").post(f"/organizations/{cast.alice.organization_id}/verification/submit")
    number = _verification(database)[0]
    answer = client_of("dave").post(f"/verifications/{number}/refuse", data={"refuse-advice": "请重新<b>拍照"})
    assert (answer.status_code, errors_of(answer)) == (422, ["refuse-reason"])
    assert "请重新&lt;b&gt;拍照</textarea>" in answer.text
    data = {"refuse-reason": "unreadable", "refuse-advice": "请重新拍照"}
    client_of("dave").post(f"/verifications/{number}/refuse", data=data)
    assert "请重新拍照" in client_of("alice").get(f"/organizations/{cast.alice.organization_id}/verification").text


def test_nothing_to_hand_in_is_told(client_of: ClientOf, cast: Cast) -> None:
    answer = client_of("alice").post(f"/organizations/{cast.alice.organization_id}/verification/submit")
    assert (answer.status_code, "请先上传至少一份证明材料" in answer.text) == (422, True)
