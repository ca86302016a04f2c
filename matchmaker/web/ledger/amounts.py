"""How figures of the ledger are written, and where their rows lead."""

from decimal import Decimal
from typing import Any

from flask import Flask, current_app, url_for

from matchmaker.domain import codes
from matchmaker.domain.indicators import Definition
from matchmaker.services.ledger.rules import RULES
from matchmaker.services.ledger.subjects import Subject
from matchmaker.web.formatting import money, number
from matchmaker.web.language import translate


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
    if endpoint not in current_app.view_functions:
        return None
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


def init_amounts(app: Flask) -> None:
    """Offer these to templates."""
    app.jinja_env.filters.update(amount=amount, rule_name=rule_name)
    app.jinja_env.globals.update(subject_href=subject_href)
