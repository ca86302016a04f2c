"""What every test of imports uses: files written by the test, and one way to import them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing
from matchmaker.domain.permissions import Actor
from matchmaker.services.imports import Arrival, ImportOptions, ImportReport, RowOptions, import_file
from tests.cast import Cast

Import = Callable[..., ImportReport]
Sheet = Callable[..., Path]

NEED = {
    "编号": "N-1",
    "需求名称": "风机叶片前缘防护涂层",
    "公开摘要": "寻找耐风沙磨损的前缘涂层。",
    "公开范围": "公开",
    "技术需求": "戈壁风场叶片前缘两年磨穿，需要耐磨涂层与现场修补工艺。",
    "技术领域": "新材料及其应用",
    "合作方式": "委托开发、技术服务",
    "预算（万元）": 60,
}


@pytest.fixture
def bring_in(database: Database, cast: Cast) -> Import:
    """Return `bring_in(path, kind="need", **options)`: the platform imports for alice's enterprise."""

    def run(path: Path, kind: str = "need", actor: Actor | None = None, **options: Any) -> ImportReport:
        names = ("lenient", "join_tokens", "visibility", "source")
        rows = RowOptions(**{name: options.pop(name) for name in names if name in options})
        options.setdefault("organization", cast.alice.organization_name)
        if options.pop("publish", False):
            options["arrival"] = Arrival.PUBLISHED
        return import_file(database, actor or Actor.system(), kind, path, ImportOptions(rows, **options))

    return run


@pytest.fixture
def write_sheet(tmp_path: Path) -> Sheet:
    """Return `write_sheet(rows, merges=())`, which makes an .xlsx of rows of cells."""

    def write(rows: Sequence[Sequence[Any]], merges: Sequence[str] = ()) -> Path:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
        path = tmp_path / "list.xlsx"
        book.save(path)
        return path

    return write


def listings(database: Database) -> list[Listing]:
    """Return all listings with what they say, by id."""
    with database.read() as session:
        query = sa.select(Listing).order_by(Listing.id).options(sa.orm.selectinload("*"))
        return list(session.scalars(query))
