"""The tables' names for the message catalogue.

A Babel mapping reads them with `[extractors] codes = matchmaker.domain.codes.extraction:extract_names` and the section
`[codes: matchmaker/domain/codes/*.csv]`.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from typing import IO


def extract_names(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, object]
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield (line, None, text, []) for the name, and the owner if any, of each row of a table's CSV `file`.

    The signature is Babel's for extractors.
    """
    lines = file.read().decode("utf-8").splitlines()
    for number, row in enumerate(csv.DictReader(lines), start=2):
        for column in ("name", "owner"):
            if row.get(column):
                yield number, None, row[column], []
