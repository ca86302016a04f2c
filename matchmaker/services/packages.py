"""Office files are zip packages of XML (ECMA-376): what may be unpacked of one that somebody sends, and entities in it.

A small file may unpack to gigabytes; an entity that it declares may name a file of this machine or grow without end.
"""

import io
import re
import zipfile
from collections.abc import Iterator

_ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)


class Oversized(Exception):
    """A package has too many parts, or would unpack to too much."""


def parts_of(content: bytes, *, most_parts: int, most_unpacked: int) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each part.

    Raises:
        Oversized: before anything is unpacked. zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError: damaged,
        locked, or packed in a way that nobody uses.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
        if len(parts) > most_parts or sum(part.file_size for part in parts) > most_unpacked:
            raise Oversized
        for part in parts:
            yield part.filename, package.read(part)


def declares_entities(part: bytes) -> bool:
    """Tell whether a part of XML declares a document type or an entity: no office program writes one."""
    return _ENTITY.search(part) is not None
