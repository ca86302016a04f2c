"""How figures of the ledger are written, and where their rows lead."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from matchmaker.domain import codes
from matchmaker.domain.indicators import Definition
from matchmaker.domain.permissions import (
    Actor,
    can_enter_records,
    can_list_deals,
    can_list_organizations,
    can_plan_events,
    can_register_contracts,
    can_review,
    can_see_ledger,
)
from matchmaker.services.ledger.rules import RULES
from matchmaker.services.ledger.subjects import Subject
from matchmaker.web.formatting import money, number
from matchmaker.web.language import translate
from matchmaker.web.login import current_actor


def amount(value: Decimal | None, unit: str, empty: str = "—") -> str:
    """Write an amount with its unit: 214 条, 1.24%, 2.6 亿元."""
    if value is None:
        return empty
    if unit == "yuan":
        return money(value)
    name = translate(codes.table("indicator_units").name(unit))
    # normalize: 1000.00 is counted as 1000.
    written = number(value.normalize() + 0)
    return f"{written}{name}" if unit == "percent" else f"{written} {name}"


def rule_name(definition: Definition) -> str:
    """Return what a definition's rule counts, in words."""
    rule = RULES.get(definition.rule)
    return translate(rule.name) if rule else definition.rule


def subject_href(subject: Subject) -> str | None:
    """Return the address of the record that a row stands for, where the viewer may open it."""
    if subject.leads_to is None:
        return None
    kind, subject_id = subject.leads_to
    if kind == "listing":
        return url_for("listings.detail", kind=subject.kind, listing_id=subject_id)
    endpoint, argument = RECORDS[kind]
    values: dict[str, Any] = {argument: subject_id}
    return url_for(endpoint, **values)


RECORDS: dict[str, tuple[str, str]] = {
    "event": ("events.detail", "event_id"),
    "campaign": ("campaigns.detail", "campaign_id"),
    "organization": ("organizations.detail", "organization_id"),
    "evidence_record": ("ledger.record", "record_id"),
    "contract": ("contracts.detail", "contract_id"),
    "deal": ("deals.detail", "deal_id"),
    "match": ("matches.detail", "match_id"),
    "appointment": ("appointments.detail", "appointment_id"),
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where whoever answers for an indicator does something about it."""

    label: str
    endpoint: str
    shown: Callable[[Actor], bool]


NEXT_STEPS: dict[str, NextStep] = {
    "published_listings": NextStep(_l("审核待发布的需求"), "review.index", can_review),
    "held_events": NextStep(_l("策划一场活动"), "events.new", can_plan_events),
    "attendance": NextStep(_l("查看活动和签到"), "events.index", can_see_ledger),
    "registered_contracts": NextStep(_l("办理合同登记"), "contracts.index", can_register_contracts),
    "regions": NextStep(_l("查看跟进项目"), "deals.index", can_list_deals),
    "new_organizations": NextStep(_l("查看单位名录"), "organizations.index", can_list_organizations),
    "evidence": NextStep(_l("登记记录"), "ledger.new_record", can_enter_records),
}


def next_step(definition: Definition) -> tuple[str, str] | None:
    """Return what there is to do about an indicator, and where; None where it is not for the viewer."""
    step = NEXT_STEPS.get(definition.rule)
    if step is None or not step.shown(current_actor()):
        return None
    named: dict[str, Any] = {"indicator": definition.indicator} if definition.rule == "evidence" else {}
    return step.label, url_for(step.endpoint, **named)


def init_amounts(app: Flask) -> None:
    """Offer these to templates."""
    app.jinja_env.filters.update(amount=amount, rule_name=rule_name)
    app.jinja_env.globals.update(next_step=next_step, subject_href=subject_href)
