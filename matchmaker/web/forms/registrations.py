"""Forms of registrations for events."""

from collections.abc import Iterator

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField

from matchmaker.domain import codes
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import spans
from matchmaker.services.events.enrolments import SPOKEN, Enrolment
from matchmaker.services.reading.moments import written_moment
from matchmaker.web.forms.base import BaseForm, attach_errors
from matchmaker.web.forms.campaigns import Boxes
from matchmaker.web.language import translate

ABSENCE_ROWS = 3


def language_choices() -> list[tuple[str, str]]:
    """Return the languages beside Chinese."""
    return [(code, translate(name)) for code, name in codes.table("languages").choices() if code != SPOKEN]


class RegistrationForm(BaseForm):
    """Who comes, and when he is there. Moments and numbers are passed on as typed: the service reads them."""

    organization = StringField(_l("单位"))
    name = StringField(_l("姓名"))
    position = StringField(_l("职务"))
    phone = StringField(_l("电话"))
    languages = Boxes(_l("除中文外会说的语言"), choices=language_choices, validate_choice=False)
    needs_interpreter = BooleanField(_l("不会说中文，需要翻译"))
    arrives_at = StringField(_l("到达时间"))
    departs_at = StringField(_l("离开时间"))
    max_meetings = StringField(_l("最多安排几场洽谈"))
    note = TextAreaField(_l("给主办方的备注"))
    absences: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, registration: Registration) -> "RegistrationForm":
        """Return the form of a registration as it stands."""
        plain = ("name", "position", "phone", "note", "languages")
        data: dict[str, object] = {name: getattr(registration, name) for name in plain}
        data.update(
            organization=registration.organization.name,
            needs_interpreter=not registration.speaks_chinese,
            arrives_at=written_moment(registration.arrives_at),
            departs_at=written_moment(registration.departs_at),
            max_meetings="" if registration.max_meetings is None else str(registration.max_meetings),
        )
        form = cls(formdata=None, data=data)
        form.absences = tuple(tuple(map(written_moment, span)) for span in spans(registration.absences))
        return form

    def enrolment(self) -> Enrolment:
        """Return what was typed."""
        absences = tuple(typed_absences())
        self.absences = absences
        return Enrolment(
            name=self.name.data or "",
            position=self.position.data or "",
            phone=self.phone.data or "",
            note=self.note.data or "",
            languages=tuple(self.languages.data or ()),
            needs_interpreter=bool(self.needs_interpreter.data),
            arrives_at=self.arrives_at.data or "",
            departs_at=self.departs_at.data or "",
            absences=absences,
            max_meetings=self.max_meetings.data or "",
        )

    @property
    def absence_rows(self) -> list[tuple[str, ...]]:
        """The rows of the form: what is there, and empty ones to fill in."""
        return [*self.absences, *(("", "") for _ in range(max(1, ABSENCE_ROWS - len(self.absences))))]

    def show(self, error: Invalid | Conflict) -> None:
        """Show what the service refused, each sentence at its field."""
        for field in self:
            field.errors = []
        if isinstance(error, Invalid):
            attach_errors(self, error)
        else:
            self.form_errors.append(translate(error))


def typed_absences(most: int = 20) -> Iterator[tuple[str, str]]:
    """Yield the absences that a form of the request holds, as typed."""
    pairs = zip(request.form.getlist("absence_from"), request.form.getlist("absence_until"), strict=False)
    for place, pair in enumerate(pairs):
        if place < most and any(text.strip() for text in pair):
            yield pair
