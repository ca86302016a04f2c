"""What can be told of an .xlsx file by its table of contents: damaged, locked with a password, or a bomb."""

import zipfile

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.imports.tables import Source

MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2_000

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Compound File Binary: old .xls files, and .xlsx files locked with a password (MS-OFFCRYPTO)."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_DIRECTORY = 1024 * 1024


def check_archive(source: Source) -> None:
    """Let pass what may be unpacked and read.

    Raises:
        Invalid: it is no workbook, locked with a password, or would unpack to too much.
    """
    _check_compound(source)
    try:
        with zipfile.ZipFile(source.path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged(source) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Invalid(N_("“%(name)s”解压后太大，请删去多余的内容或分成几个文件。"), name=source.name)
    if any(part.flag_bits & 1 for part in parts):
        raise _locked(source)


def damaged(source: Source) -> Invalid:
    """Return the error of a file that cannot be read."""
    return Invalid(N_("“%(name)s”不是有效的 .xlsx 文件，或者已经损坏。"), name=source.name)


def _check_compound(source: Source) -> None:
    with source.path.open("rb") as file:
        if file.read(len(_COMPOUND)) != _COMPOUND:
            return
        size = source.path.stat().st_size
        head = file.read(_DIRECTORY)
        file.seek(max(0, size - _DIRECTORY))
        tail = file.read(_DIRECTORY)
    if _LOCKED in head or _LOCKED in tail:
        raise _locked(source)
    raise Invalid(N_("“%(name)s”是旧版 .xls 格式，请用 Excel 另存为 .xlsx 后再导入。"), name=source.name)


def _locked(source: Source) -> Invalid:
    return Invalid(N_("“%(name)s”设有密码，请取消密码后再导入。"), name=source.name)
