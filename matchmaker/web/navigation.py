"""What the top of every page offers, by the same predicates that services enforce."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from inspect import getmembers, isfunction
from typing import Any

from flask import Flask, request
from flask_babel import lazy_gettext as _l

from matchmaker.domain import permissions
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import (
    Actor,
    can_administer,
    can_judge,
    can_list_contracts,
    can_list_deals,
    can_list_organizations,
    can_post,
    can_read_decline_reports,
    can_review,
    can_see_agreement,
    can_see_avoid_list,
    can_see_follow_ups,
    can_see_ledger,
    can_see_unmet_needs,
)
from matchmaker.web.language import translate
from matchmaker.web.login import current_actor
from matchmaker.web.platform import platform

Predicate = Callable[[Actor], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: `blueprint` or a route's `values` say when it is the current one."""

    label: str
    endpoint: str
    icon: str
    shown: Predicate = lambda actor: True
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def is_current(self) -> bool:
        """Whether the page shown belongs to this link."""
        if request.endpoint == self.endpoint:
            return {**(request.view_args or {}), **self.values} == (request.view_args or {})
        blueprint = self.endpoint.partition(".")[0]
        present = BELONGING.get(request.blueprint or "", request.blueprint)
        return not self.values and blueprint in OWN_BLUEPRINTS and present == blueprint


# Blueprints whose every page belongs to their one entry.
OWN_BLUEPRINTS = frozenset({"dashboard", "matches", "review", "campaigns", "events", "admin"})
BELONGING = {
    "registrations": "events",
    "triage": "matches",
    **dict.fromkeys(("rankers", "learning", "languages", "terms"), "admin"),
}


def _has_role(actor: Actor) -> bool:
    return actor.role is not None


def _is_broker(actor: Actor) -> bool:
    return actor.role is Role.BROKER


def _looks_for_gaps(actor: Actor) -> bool:
    """The bureau comes to the map of unmet needs by the ledger's tabs."""
    return _is_broker(actor) and can_see_unmet_needs(actor)


def _posts(actor: Actor) -> bool:
    return any(can_post(actor, kind) for kind in ListingKind)


MAIN = (
    Entry(_l("工作台"), "dashboard.index", "layout-dashboard", lambda actor: actor.signed_in),
    Entry(_l("匹配"), "matches.index", "arrows-exchange", _has_role),
    Entry(_l("技术需求"), "listings.browse", "bulb", values={"kind": ListingKind.NEED}),
    Entry(_l("科技成果"), "listings.browse", "flask", values={"kind": ListingKind.ACHIEVEMENT}),
    Entry(_l("征集活动"), "campaigns.index", "speakerphone"),
    Entry(_l("活动"), "events.index", "calendar-event"),
    Entry(_l("审核"), "review.index", "clipboard-check", can_review),
    Entry(_l("单位"), "organizations.index", "building", can_list_organizations),
    Entry(_l("运行状态"), "admin.status", "activity", can_administer),
)
POSTING = (
    *(
        Entry(label, "listings.create", icon, lambda actor, kind=kind: can_post(actor, kind), {"kind": kind})  # type: ignore[misc]
        for label, icon, kind in (
            (_l("发布技术需求"), "bulb", ListingKind.NEED),
            (_l("发布科技成果"), "flask", ListingKind.ACHIEVEMENT),
        )
    ),
    Entry(_l("批量导入"), "imports.index", "upload", _posts),
)
PERSONAL = (
    Entry(_l("我的发布"), "listings.mine", "files", _posts),
    Entry(_l("台账"), "ledger.index", "target-arrow", can_see_ledger),
    Entry(_l("跟进项目"), "deals.index", "route", can_list_deals),
    Entry(_l("谢绝原因"), "decline_reports.index", "thumb-down", can_read_decline_reports),
    Entry(_l("业绩档案"), "broker_records.mine", "rosette-discount-check", _is_broker),
    Entry(_l("需求缺口"), "unmet.index", "zoom-question", _looks_for_gaps),
    Entry(_l("技术合同"), "contracts.index", "file-text", can_list_contracts),
    Entry(_l("评分台"), "grading.index", "hand-click", can_see_agreement),
    Entry(_l("专家评审"), "screening.index", "writing", can_judge),
    Entry(_l("回访"), "follow_ups.index", "calendar-check", can_see_follow_ups),
    Entry(_l("汇编"), "booklets.index", "book"),
    Entry(_l("通知"), "notices.index", "bell"),
    Entry(_l("我的订阅"), "searches.index", "star"),
    Entry(_l("日历订阅"), "calendars.index", "calendar"),
    Entry(_l("回避名单"), "avoidances.index", "ban", can_see_avoid_list),
    Entry(_l("账号与隐私"), "accounts.account", "user-circle"),
)


@dataclass(frozen=True, slots=True)
class Navigation:
    """The links that one actor sees."""

    main: tuple[Entry, ...]
    posting: tuple[Entry, ...]
    personal: tuple[Entry, ...]


def navigation_of(actor: Actor) -> Navigation:
    """Choose the links that `actor` may follow."""
    return Navigation(*(tuple(_shown(entries, actor)) for entries in (MAIN, POSTING, PERSONAL)))


def init_navigation(app: Flask) -> None:
    """Give templates the actor, the navigation, the city's name and every predicate of permissions."""

    def context() -> dict[str, Any]:
        actor = current_actor()
        return {"actor": actor, "navigation": navigation_of(actor), "city": translate(platform().settings.city)}

    app.context_processor(context)
    predicates = getmembers(permissions, _is_predicate)
    app.jinja_env.globals.update(predicates)


def _is_predicate(value: object) -> bool:
    return isfunction(value) and value.__module__.startswith(f"{permissions.__name__}.")


def _shown(entries: tuple[Entry, ...], actor: Actor) -> Iterator[Entry]:
    return (entry for entry in entries if entry.shown(actor))
