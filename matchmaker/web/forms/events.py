"""Forms of events."""

from dataclasses import fields
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import KIND_NAMES, SLOT_MINUTES, Event
from matchmaker.services.events.plans import Plan, branches
from matchmaker.services.reading.moments import written_moment
from matchmaker.web.database import session
from matchmaker.web.forms.base import BaseForm, attach_errors
from matchmaker.web.forms.campaigns import Boxes, field_choices
from matchmaker.web.forms.organizations import CITY_REGION, region_choices
from matchmaker.web.language import translate

MOMENTS = frozenset({"starts_at", "ends_at", "registration_until", "meetings_from", "meetings_until", "wishes_until"})
LISTS = frozenset({"organizers", "sponsors"})


def kind_choices() -> list[tuple[str, str]]:
    """Return the five kinds."""
    return [(str(kind), translate(name)) for kind, name in KIND_NAMES.items()]


def branch_choices() -> list[tuple[str, str]]:
    """Return the branches, and none."""
    return [("", _("不属于某个分中心")), *((str(branch.id), branch.name) for branch in branches(session()))]


def slot_choices() -> list[tuple[str, str]]:
    """Return the lengths of one meeting."""
    return [("", "—"), *((str(length), _("%(minutes)s 分钟", minutes=length)) for length in SLOT_MINUTES)]


def place_choices() -> dict[str, list[tuple[str, str]]]:
    """Return the regions, and none for an event that is online only."""
    return {"": [("", "—")], **region_choices()}


class EventForm(BaseForm):
    """An event. Numbers and moments are passed on as typed: the service reads them."""

    kind = RadioField(_l("活动类型"), choices=kind_choices, validate_choice=False)
    title = StringField(_l("活动名称"))
    summary = TextAreaField(_l("活动介绍"))
    fields = Boxes(_l("技术领域"), choices=field_choices, validate_choice=False)
    starts_at = StringField(_l("开始时间"))
    ends_at = StringField(_l("结束时间"))
    place = StringField(_l("地点"))
    address = StringField(_l("详细地址"))
    region = SelectField(_l("所在地区"), choices=place_choices, validate_choice=False, default=CITY_REGION)
    online_url = StringField(_l("线上会议网址"))
    organizers = TextAreaField(_l("主办、承办和协办单位"))
    sponsors = TextAreaField(_l("支持单位和赞助商"))
    branch_id = SelectField(_l("所属分中心"), choices=branch_choices, validate_choice=False)
    contact = StringField(_l("联系人和电话"))
    capacity = StringField(_l("人数上限"))
    needs_approval = BooleanField(_l("报名需要主办方确认"), default=True)
    registration_until = StringField(_l("报名截止时间"))
    meetings_from = StringField(_l("洽谈开始"))
    meetings_until = StringField(_l("洽谈结束"))
    slot_minutes = SelectField(_l("每场洽谈"), choices=slot_choices, validate_choice=False, default="30")
    break_minutes = StringField(_l("两场之间休息（分钟）"))
    wishes_until = StringField(_l("意向截止时间"))
    wish_quota = StringField(_l("每人最多提出几个意向"))

    @classmethod
    def of(cls, event: Event) -> "EventForm":
        """Return the form of an event as it stands."""
        return cls(formdata=None, data={field.name: _shown(event, field.name) for field in fields(Plan)})

    def plan(self) -> Plan:
        """Return what was typed."""
        typed: dict[str, Any] = {field.name: self[field.name].data for field in fields(Plan)}
        chosen = tuple(typed.pop("fields") or ())
        given = {name: value for name, value in typed.items() if value is not None}
        return Plan(fields=chosen, **given)

    def show(self, error: Invalid | Conflict) -> None:
        """Show what the service refused, each sentence at its field."""
        for field in self:
            field.errors = []
        if isinstance(error, Invalid):
            attach_errors(self, error)
        else:
            self.form_errors.append(translate(error))


def _shown(event: Event, name: str) -> object:
    value = getattr(event, name)
    if name in MOMENTS:
        return written_moment(value)
    if name in LISTS:
        return "\n".join(value)
    if value is None:
        return ""
    return value if isinstance(value, bool | list) else str(value)
