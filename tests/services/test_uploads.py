import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.services.uploads import ACCEPTED, clean_name, store_upload, stored_path

OFFICE = "application/vnd.openxmlformats-officedocument"
MOST = 1024 * 1024
PDF = b"%PDF-1.7\n" + b"x" * 300
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 300
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 300


def office(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return packed.getvalue()


def store(folder: Path, name: str, content: bytes, most: int = MOST) -> str:
    return store_upload(folder, name, io.BytesIO(content), most).media_type


def sentence(folder: Path, name: str, content: bytes, most: int = MOST) -> str:
    with pytest.raises(Invalid) as caught:
        store(folder, name, content, most)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PNG", PNG, "image/png"),
        ("a.jpeg", JPEG, "image/jpeg"),
        ("a.txt", "技术说明".encode("gb18030"), "text/plain"),
        ("a.csv", "名称,数值\n".encode(), "text/csv"),
        (
            "a.docx",
            office("word/document.xml"),
            f"{OFFICE}.wordprocessingml.document",
        ),
        ("a.xlsx", office("xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
        (
            "a.pptx",
            office("ppt/presentation.xml"),
            f"{OFFICE}.presentationml.presentation",
        ),
    ],
)
def test_file_is_known_by_its_content(tmp_path: Path, name: str, content: bytes, media_type: str) -> None:
    assert store(tmp_path, name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PNG),
        ("a.png", b"<script>alert(1)</script>"),
        ("a.jpg", PDF),
        ("a.docx", b"no archive"),
        ("a.docx", office("xl/workbook.xml")),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("a.txt", b"MZ\0\0"),
        ("a.txt", b"\xff\xfe\xff"),
    ],
)
def test_file_that_is_not_what_it_says_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    kind = name.rsplit(".", 1)[1]
    assert sentence(tmp_path, name, content) == f"文件的内容不是 {kind} 格式，请检查扩展名或重新保存。"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.zip", "a.docm", "a", "", ".pdf", "a.pdf.exe"])
def test_other_types_are_refused(tmp_path: Path, name: str) -> None:
    expected = f"只能上传 {'、'.join(known.lstrip('.') for known in ACCEPTED)} 文件。"
    assert sentence(tmp_path, name, PDF) == expected


def test_empty_and_too_large_files_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    assert sentence(tmp_path, "a.txt", b"") == "文件是空的，请检查后重新选择。"
    assert sentence(tmp_path, "a.txt", b"x" * (MOST + 1)) == "文件超过 1 MB，请压缩后再上传。"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_file_lies_under_its_hash_once_however_often_it_comes(tmp_path: Path) -> None:
    digest = hashlib.sha256(PDF).hexdigest()
    for name in ("一.pdf", "二.pdf"):
        stored = store_upload(tmp_path, name, io.BytesIO(PDF), MOST)
        assert (stored.name, stored.sha256, stored.size) == (name, digest, len(PDF))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / "files" / digest[:2] / digest] == [stored_path(tmp_path, digest)]
    assert files[0].read_bytes() == PDF


@pytest.mark.parametrize("text", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "/x"])
def test_path_is_made_of_hashes_only(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotFound):
        stored_path(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/说明.pdf", "说明.pdf"),
        ("C:\\文档\\说明书.docx", "说明书.docx"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_b Set-Cookie_ x.pdf"),
        ("\u202efdp.说明\u0000.pdf", "fdp.说明.pdf"),
        ("长" * 300 + ".pdf", "长" * 146 + ".pdf"),
        (" .. ", ""),
    ],
)
def test_name_loses_folders_and_control_characters(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned
