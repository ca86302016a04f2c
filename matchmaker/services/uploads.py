"""Files as they are taken in: checked by content, and stored under the hash of it before any row names them."""

import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import filetype

from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.services.reading.text import line

FILES, ASIDE = "files", "tmp"
"""Folders of the data folder: stored files, and files that are still being written (not part of a backup)."""
NAME_MOST = 150
_BLOCK = 1024 * 1024
_HEAD = 8192
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies under its hash: the person's own name for it, its type by content, bytes, SHA-256."""

    name: str
    media_type: str
    size: int
    sha256: str


def store_upload(data: Path, name: str, stream: IO[bytes], most_bytes: int) -> StoredFile:
    """Check an upload and store it in the data folder. Nothing in the database names it yet.

    It is written aside, brought to disk and renamed, so a file under its hash is always whole.

    Raises:
        Invalid: no file, empty, larger than `most_bytes`, or not one of the types that are taken.
    """
    name = clean_name(name)
    extension = PurePosixPath(name).suffix.lower()
    if extension not in _TYPES:
        raise Invalid(N_("只能上传 %(types)s 文件。"), types="、".join(known.lstrip(".") for known in _TYPES))
    return take_in(data, FILES, name, stream, most_bytes, lambda path: _checked_type(path, extension))


def take_in(
    data: Path, folder: str, name: str, stream: IO[bytes], most_bytes: int, check: Callable[[Path], str]
) -> StoredFile:
    """Store an upload under its hash in a folder of the data folder, once `check` has told its type or refused it.

    Raises:
        Invalid: empty, larger than `most_bytes`, or refused.
    """
    aside = data / ASIDE
    aside.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=aside, delete=False) as file:
        path = Path(file.name)
        try:
            size, sha256 = _copy(stream, file, most_bytes)
            media_type = check(path)
            file.flush()
            os.fsync(file.fileno())
            _put(path, stored_path(data, sha256, folder))
        finally:
            path.unlink(missing_ok=True)
    return StoredFile(name, media_type, size, sha256)


def stored_path(data: Path, sha256: str, folder: str = FILES) -> Path:
    """Return where a file of that hash lies.

    Raises:
        NotFound: this is no hash.
    """
    if not _SHA256.fullmatch(sha256):
        raise NotFound(N_("没有找到这个文件。"))
    return data / folder / sha256[:2] / sha256


def clean_name(name: str) -> str:
    """Return a file's name without folders, control characters and signs that some systems refuse."""
    last = line(name.replace("\\", "/").rsplit("/", 1)[-1])
    path = PurePosixPath(_UNSAFE.sub("_", last).strip(" ."))
    return path.stem[: NAME_MOST - len(path.suffix)].rstrip() + path.suffix[:NAME_MOST]


def _copy(stream: IO[bytes], file: IO[bytes], most_bytes: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > most_bytes:
            raise Invalid(N_("文件超过 %(most)d MB，请压缩后再上传。"), most=most_bytes // 2**20)
        digest.update(block)
        file.write(block)
    if size == 0:
        raise Invalid(N_("文件是空的，请检查后重新选择。"))
    file.flush()
    return size, digest.hexdigest()


def _put(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    path.chmod(0o640)
    path.replace(target)
    # Without this a power cut may forget the name of a file whose content it keeps.
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _checked_type(path: Path, extension: str) -> str:
    media_type, check = _TYPES[extension]
    if not check(path):
        raise Invalid(N_("文件的内容不是 %(type)s 格式，请检查扩展名或重新保存。"), type=extension.lstrip("."))
    return media_type


def _begins_like(media_type: str) -> Callable[[Path], bool]:
    def check(path: Path) -> bool:
        with path.open("rb") as file:
            found = filetype.guess(file.read(_HEAD))
        return found is not None and found.mime == media_type

    return check


def _is_office(part: str) -> Callable[[Path], bool]:
    """A document of Office Open XML (ECMA-376) with its main part, and without macros."""

    def check(path: Path) -> bool:
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False
        macros = any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for name in names)
        return {"[Content_Types].xml", part} <= names and not macros

    return check


def _is_text(path: Path) -> bool:
    raw = path.read_bytes()
    return b"\0" not in raw and any(_decodes(raw, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


_OFFICE = "application/vnd.openxmlformats-officedocument"
# Archives, pages with scripts and documents with macros are not taken: who opens a file must not be harmed by it.
_TYPES: dict[str, tuple[str, Callable[[Path], bool]]] = {
    ".pdf": ("application/pdf", _begins_like("application/pdf")),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", _is_office("word/document.xml")),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _is_office("xl/workbook.xml")),
    ".pptx": (f"{_OFFICE}.presentationml.presentation", _is_office("ppt/presentation.xml")),
    ".png": ("image/png", _begins_like("image/png")),
    ".jpg": ("image/jpeg", _begins_like("image/jpeg")),
    ".jpeg": ("image/jpeg", _begins_like("image/jpeg")),
    ".txt": ("text/plain", _is_text),
    ".csv": ("text/csv", _is_text),
}
ACCEPTED = tuple(_TYPES)
"""Extensions that are taken, for a form's file field."""
