"""The pages of one event: one list, of which each viewer sees what he may open."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l

from matchmaker.domain.events import Event
from matchmaker.domain.permissions import Actor, can_run_event
from matchmaker.services.events.attendees import may_see_parties
from matchmaker.services.events.checking_in import can_check_in
from matchmaker.services.events.line_up import can_propose
from matchmaker.services.timetables.participants import own_registration
from matchmaker.web.database import session
from matchmaker.web.login import current_actor
from matchmaker.web.roadshow_tabs import PROGRAMME_PAGES, has_judging, has_programme, judges_at, sees_ranking

Shown = Callable[[Actor, Event], bool]


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of an event: its endpoint takes `event_id` alone; `also` are endpoints that belong to it. `of_desk` are
    pages of whoever runs the event."""

    label: str
    endpoint: str
    shown: Shown = lambda actor, event: True
    also: frozenset[str] = frozenset()
    of_desk: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the page shown is this one."""
        return request.endpoint == self.endpoint or request.endpoint in self.also


@dataclass(frozen=True, slots=True)
class TabLink:
    """A tab as a page shows it."""

    label: str
    href: str
    is_current: bool
    of_desk: bool


def _sees_parties(actor: Actor, event: Event) -> bool:
    return may_see_parties(session(), actor, event)


def _has_meetings(_actor: Actor, event: Event) -> bool:
    return event.slot_minutes is not None


def _records(actor: Actor, event: Event) -> bool:
    return can_run_event(actor, event) and _has_meetings(actor, event)


def _takes_part(actor: Actor, event: Event) -> bool:
    return bool(event.slot_minutes) and own_registration(session(), actor, event) is not None


# Pages of agenda, tables, staff and files, which share one tab.
FURNISHING = frozenset(
    f"events.{name}"
    for name in (
        *("agenda", "agenda_item", "add_agenda_item", "save_agenda_item"),
        *("tables", "more_tables", "save_tables", "staff", "more_staff", "one_of_staff", "save_staff", "files"),
    )
)


def _runs_roadshow(actor: Actor, event: Event) -> bool:
    return can_run_event(actor, event) and has_judging(event)


TABS: tuple[Tab, ...] = (
    Tab(_l("活动介绍"), "events.detail"),
    Tab(_l("路演节目单"), "roadshows.programme", has_programme, PROGRAMME_PAGES),
    Tab(_l("参会名单"), "registrations.participants", _sees_parties),
    Tab(_l("想见的人"), "wishes.index", _takes_part),
    Tab(_l("约时间"), "slots.index", _takes_part, frozenset({"slots.book"})),
    Tab(_l("我的洽谈"), "appointments.mine", _takes_part),
    Tab(_l("我的评分"), "roadshows.judging", judges_at, frozenset({"roadshows.sheet", "roadshows.sign"})),
    Tab(_l("评分和排名"), "roadshows.ranking", sees_ranking, frozenset({"roadshows.publish", "roadshows.reopen"})),
    Tab(_l("会务"), "events.agenda", can_run_event, FURNISHING, of_desk=True),
    Tab(_l("邀请"), "event_invitations.index", can_run_event, of_desk=True),
    Tab(_l("报名管理"), "registrations.table", can_run_event, frozenset({"registrations.desk"}), of_desk=True),
    Tab(_l("选题建议"), "line_ups.index", can_propose, of_desk=True),
    Tab(_l("评委"), "roadshows.judges", _runs_roadshow, of_desk=True),
    Tab(_l("洽谈排期"), "timetables.show", _records, of_desk=True),
    Tab(_l("签到"), "check_ins.desk", can_check_in, of_desk=True),
    Tab(_l("洽谈结果"), "appointments.outcomes", _records, of_desk=True),
    Tab(_l("打印和导出"), "prints.index", _records, of_desk=True),
)
"""In the order of the rows: for everybody and for participants; then for those who run the event, as they need them."""


def event_tabs(event: Event) -> tuple[TabLink, ...]:
    """Return the tabs of an event that the viewer may open."""
    actor = current_actor()
    shown = (tab for tab in TABS if tab.shown(actor, event))
    return tuple(
        TabLink(tab.label, url_for(tab.endpoint, event_id=event.id), tab.is_current, tab.of_desk) for tab in shown
    )


def init_event_tabs(app: Flask) -> None:
    """Offer the tabs to templates."""
    app.jinja_env.globals.update(event_tabs=event_tabs)
