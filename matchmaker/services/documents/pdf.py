"""PDF by typst: a template of ours and data as JSON. Data is never evaluated, so no text of people can be markup."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from matchmaker.domain.base import utc_now
from matchmaker.services.documents.booklet import Booklet
from matchmaker.services.documents.match_report import MatchReport
from matchmaker.services.documents.roadshow import RoadshowProgramme, RoadshowRecord
from matchmaker.services.documents.text import plain

TEMPLATES = Path(__file__).parent / "templates"


def booklet_pdf(booklet: Booklet) -> bytes:
    """Return a booklet as PDF, tagged and with bookmarks. 400 needs take about two seconds."""
    return render_pdf("booklet", asdict(booklet) | {"count": booklet.count})


def match_report_pdf(report: MatchReport) -> bytes:
    """Return the report of a pair as PDF: one page, on which long texts are cut."""
    return render_pdf("match_report", asdict(report))


def roadshow_programme_pdf(programme: RoadshowProgramme) -> bytes:
    """Return the programme of a roadshow as PDF."""
    return render_pdf("roadshow_programme", asdict(programme))


def roadshow_record_pdf(record: RoadshowRecord) -> bytes:
    """Return the record of a roadshow's result as PDF."""
    return render_pdf("roadshow_record", asdict(record))


def render_pdf(template: str, data: dict[str, Any]) -> bytes:
    """Return what `templates/<template>.typ` makes of `data`, which it reads as `json(bytes(sys.inputs.data))`."""
    return _render(template, data)


def render_png(template: str, data: dict[str, Any], ppi: float = 200) -> bytes:
    """Return the only page that a template makes of `data` as a picture."""
    return _render(template, data, format="png", ppi=ppi)


def _render(template: str, data: dict[str, Any], **kind: Any) -> bytes:
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_cleaned(data), ensure_ascii=False)},
        timestamp=utc_now().replace(microsecond=0),
        **kind,
    )
    assert isinstance(made, bytes)  # noqa: S101 - one file is asked for
    return made


@cache
def _fonts() -> typst.Fonts:
    """The packaged Chinese fonts and nothing of the machine: the same pages everywhere.

    Those that come with typst stand in for letters which the Chinese ones lack, such as Kazakh ones.
    """
    folder = Path(pylopdf_fonts_zh_cn.sans_path()).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {name: _cleaned(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(each) for each in value]
    return value
