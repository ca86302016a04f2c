import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.listings import Attachment, Listing
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.drafts import make_draft, make_published

PDF = b"%PDF-1.7\n" + b"x" * 300


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def draft_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_draft(session, cast.alice).id


@pytest.fixture
def published_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_published(session, cast.alice, cast.dave).id


def upload(
    client: FlaskClient, listing_id: int, name: str = "说明书.pdf", content: bytes = PDF, **form: str
) -> TestResponse:
    headers = {"HX-Request": "true"} if form.pop("htmx", "") else {}
    data = {"file": (io.BytesIO(content), name), **form}
    return client.post(f"/listings/{listing_id}/attachments", data=data, headers=headers)


def stored_files(settings: Settings) -> list[Path]:
    return list(settings.data.rglob("files/*/*"))


def test_upload_is_stored_and_handed_out_as_a_download(client_of: ClientOf, draft_id: int) -> None:
    client = client_of("alice")
    sent = upload(client, draft_id)
    answer = client.get("/attachments/1")
    assert (sent.status_code, sent.location) == (303, f"/needs/{draft_id}")
    assert (answer.status_code, answer.data, answer.content_type) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=.pdf; filename*=UTF-8''%E8%AF%B4%E6%98%8E%E4%B9%A6.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    answer.close()


def test_upload_by_htmx_answers_with_the_new_list_and_version(client_of: ClientOf, draft_id: int) -> None:
    answer = upload(client_of("alice"), draft_id, htmx="1")
    assert answer.status_code == 200
    assert answer.text.count('href="/attachments/1"') == 1
    assert answer.text.count('name="version" id="version" value="2"') == 1


@pytest.mark.parametrize("name", ["bob", "mallory", "carol", "dave", None])
def test_nobody_else_uploads_and_nothing_is_stored(
    client_of: ClientOf, settings: Settings, draft_id: int, name: str | None
) -> None:
    answer = upload(client_of(name), draft_id)
    assert answer.status_code == (404 if name else 303)
    assert stored_files(settings) == []


def test_upload_to_a_text_that_is_not_being_written_stores_nothing(
    client_of: ClientOf, settings: Settings, published_id: int
) -> None:
    assert upload(client_of("alice"), published_id).status_code == 409
    assert stored_files(settings) == []


@pytest.mark.parametrize(
    ("name", "content", "layer", "status"),
    [
        ("a.html", b"<script>", "", 422),
        ("a.pdf", b"<script>", "", 422),
        ("a.pdf", b"", "", 422),
        ("", PDF, "", 422),
        ("../../../x.pdf", PDF, "", 303),
        ("a.pdf", PDF, "all", 422),
    ],
)
def test_bad_uploads_get_their_status(
    client_of: ClientOf, settings: Settings, draft_id: int, name: str, content: bytes, layer: str, status: int
) -> None:
    assert upload(client_of("alice"), draft_id, name, content, layer=layer).status_code == status
    assert list(settings.data.parent.rglob("*x.pdf")) == []


def test_request_above_the_limit_is_refused(app: Flask, client_of: ClientOf, draft_id: int) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    assert upload(client_of("alice"), draft_id, content=PDF * 10).status_code == 413


def test_draft_file_is_hidden_from_visitors_and_a_deleted_one_from_all(
    client_of: ClientOf, database: Database, draft_id: int
) -> None:
    alice = client_of("alice")
    upload(alice, draft_id)
    assert [client_of(name).get("/attachments/1").status_code for name in (None, "mallory", "carol")] == [404, 404, 404]
    assert client_of("mallory").post("/attachments/1/delete").status_code == 404
    assert alice.post("/attachments/1/delete", data={"next": "//evil.example"}).location == f"/needs/{draft_id}"
    assert alice.get("/attachments/1").status_code == 404
    with database.read() as session:
        assert [row.deleted_at is not None for row in session.query(Attachment)] == [True]
        assert session.get_one(Listing, draft_id).working_revision.version == 3


def test_file_that_is_missing_on_disk_is_not_found(client_of: ClientOf, settings: Settings, draft_id: int) -> None:
    client = client_of("alice")
    upload(client, draft_id)
    for path in stored_files(settings):
        path.unlink()
    assert client.get("/attachments/1").status_code == 404


@pytest.mark.parametrize("attachment_id", ["0", "99", str(10**30), "-1", "x"])
def test_unknown_file_is_not_found(client_of: ClientOf, attachment_id: str) -> None:
    assert client_of(None).get(f"/attachments/{attachment_id}").status_code == 404
