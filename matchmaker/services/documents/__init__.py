"""Documents for people: one description of what is to be printed, written as PDF and as Word file.

`services` builds a description (`Booklet`, `MatchReport`) from what the projection shows; the writers here know no
listing, no database and no permission. Text of people reaches the PDF as data, never as markup, and the Word file
without the characters that XML forbids.
"""

from matchmaker.services.documents.booklet import Booklet, BookletEntry, Chapter, IndicatorLine, Section
from matchmaker.services.documents.match_report import (
    MatchReport,
    ReportEvidence,
    ReportHeadings,
    ReportReason,
    ReportSide,
    ReportVerdict,
)
from matchmaker.services.documents.meeting_files import day_sheets_pdf, door_list_pdf, table_cards_pdf
from matchmaker.services.documents.meeting_sheets import (
    CardLine,
    DayLine,
    DaySheet,
    DoorLine,
    MeetingSheets,
    SheetHead,
    TableCard,
)
from matchmaker.services.documents.minutes import MinuteFile
from matchmaker.services.documents.minutes_word import minutes_docx
from matchmaker.services.documents.pdf import (
    booklet_pdf,
    match_report_pdf,
    render_pdf,
    roadshow_programme_pdf,
    roadshow_record_pdf,
)
from matchmaker.services.documents.roadshow import (
    ProgrammeLine,
    RecordRow,
    RecordSheet,
    RoadshowProgramme,
    RoadshowRecord,
)
from matchmaker.services.documents.slides import slides_template
from matchmaker.services.documents.unmet import ContestDraft, InnovationItem, InnovationList, SourceNeed
from matchmaker.services.documents.unmet_word import contest_draft_docx, innovation_list_docx
from matchmaker.services.documents.word import booklet_docx

__all__ = [
    "Booklet",
    "BookletEntry",
    "CardLine",
    "Chapter",
    "ContestDraft",
    "DayLine",
    "DaySheet",
    "DoorLine",
    "IndicatorLine",
    "InnovationItem",
    "InnovationList",
    "MatchReport",
    "MeetingSheets",
    "MinuteFile",
    "ProgrammeLine",
    "RecordRow",
    "RecordSheet",
    "ReportEvidence",
    "ReportHeadings",
    "ReportReason",
    "ReportSide",
    "ReportVerdict",
    "RoadshowProgramme",
    "RoadshowRecord",
    "Section",
    "SheetHead",
    "SourceNeed",
    "TableCard",
    "booklet_docx",
    "booklet_pdf",
    "contest_draft_docx",
    "day_sheets_pdf",
    "door_list_pdf",
    "innovation_list_docx",
    "match_report_pdf",
    "minutes_docx",
    "render_pdf",
    "roadshow_programme_pdf",
    "roadshow_record_pdf",
    "slides_template",
    "table_cards_pdf",
]
