"""What people type about an appointment or a deal, read and checked."""

from datetime import date

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable, prose

NOTE_MOST = 1000
STEP_MOST = 500


def read_text(text: str, field: str, most: int, *, needed: str = "") -> str:
    """Return a typed text, cleaned.

    Raises:
        Invalid: it is too long, or there is none where `needed` says that there must be (field `field`).
    """
    written = prose(text)
    if needed and not written:
        raise Invalid(needed, {field: needed})
    if len(written) > most:
        raise Invalid(N_("内容太长，请精简。"), {field: TOO_LONG[most]})
    return written


def read_step(step: str, on: str, *, earliest: date) -> tuple[str, date | None]:
    """Return a next step and its day, both or neither.

    Raises:
        Invalid: too long, no day, a day alone, one before `earliest` (fields `next_step`, `next_step_on`).
    """
    written = read_text(step, "next_step", STEP_MOST)
    try:
        day = read_day(on)
    except Unreadable as error:
        raise Invalid(error.sentence, {"next_step_on": error.sentence}) from error
    if written and day is None:
        sentence = N_("请写明下一步在哪一天之前完成。")
        raise Invalid(sentence, {"next_step_on": sentence})
    if day is not None and not written:
        sentence = N_("请写明下一步做什么。")
        raise Invalid(sentence, {"next_step": sentence})
    if day is not None and day < earliest:
        sentence = N_("下一步的日期不能早于今天。")
        raise Invalid(sentence, {"next_step_on": sentence})
    return written, day


TOO_LONG = {
    200: N_("最多 200 字。"),
    STEP_MOST: N_("最多 500 字。"),
    NOTE_MOST: N_("最多 1000 字。"),
    20_000: N_("最多 20000 字。"),
}
