"""Changing what is counted: always as a new version with its reason; what is closed keeps the version it had."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import EventKind
from matchmaker.domain.indicators import Definition, IndicatorVersion, Measure, shipped_definitions
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.people import OrganizationKind
from matchmaker.domain.permissions import Actor
from matchmaker.services.ledger.definitions import definition_of, definitions
from matchmaker.services.ledger.periods import require_keeper
from matchmaker.services.ledger.rules import RULES
from matchmaker.services.ledger.rules.contracts import AMOUNTS
from matchmaker.services.reading.text import Unreadable, line, prose, words

NAME_MOST, CLAUSE_MOST, OWNER_MOST, REASON_MOST, WORDS_MOST, ALREADY_MOST = 60, 300, 60, 500, 10, 1000
YEARS_AHEAD = 5
SUBJECT = "indicator_version"


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """A version as typed. `parameters` holds what was typed for each name that some rule knows."""

    name: str = ""
    action: str = ""
    clause: str = ""
    unit: str = ""
    measure: str = ""
    rule: str = ""
    once: str = ""
    owner: str = ""
    from_year: str = ""
    reason: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def add_version(session: Session, actor: Actor, indicator: str | None, draft: DefinitionDraft) -> IndicatorVersion:
    """Write a new version of an indicator, or with None the first one of a new indicator.

    Raises:
        Forbidden: the actor does not keep the ledger.
        NotFound: there is no such indicator.
        Invalid: something is missing or unknown (`errors` names the field), or nothing is changed.
    """
    require_keeper(actor)
    former = definition_of(session, indicator, today().year + YEARS_AHEAD) if indicator is not None else None
    values = _read(draft, former)
    number = former.version + 1 if former else 1
    code = former.indicator if former else _fresh_code(session)
    version = IndicatorVersion(indicator=code, version=number, created_by_id=actor.user_id, **values)
    if former is not None and _same(former, version):
        raise Invalid(N_("没有改动，不需要新版本。"))
    session.add(version)
    session.flush()
    record(session, actor, "define", SUBJECT, version.id, reason=version.reason, indicator=code, version=number)
    return version


def versions(session: Session, indicator: str) -> list[tuple[Definition, IndicatorVersion | None]]:
    """Return all versions of an indicator, the latest first; the shipped one has no row."""
    query = sa.select(IndicatorVersion).where(IndicatorVersion.indicator == indicator)
    rows = session.scalars(query.order_by(IndicatorVersion.version.desc())).all()
    shipped = [(each, None) for each in shipped_definitions() if each.indicator == indicator]
    return [*((row.definition, row) for row in rows), *shipped]


def _fresh_code(session: Session) -> str:
    known = {each.indicator for each in definitions(session, today().year + YEARS_AHEAD)}
    return next(code for number in range(1, len(known) + 2) if (code := f"added_{number}") not in known)


def _same(former: Definition, version: IndicatorVersion) -> bool:
    present = version.definition
    names = ("name", "action", "clause", "unit", "measure", "rule", "once", "owner", "from_year")
    return dict(former.parameters) == dict(present.parameters) and all(
        getattr(former, name) == getattr(present, name) for name in names
    )


def _read(draft: DefinitionDraft, former: Definition | None) -> dict[str, Any]:
    errors: dict[str, str] = {}
    values = {
        "name": _text(draft.name, NAME_MOST, "name", errors),
        "owner": _text(draft.owner, OWNER_MOST, "owner", errors),
        "clause": _text(draft.clause, CLAUSE_MOST, "clause", errors),
        "action": _choice(draft.action, codes.table("plan_actions"), "action", errors),
        "unit": _choice(draft.unit, codes.table("indicator_units"), "unit", errors),
        "once": _choice(draft.once, codes.table("indicator_onces"), "once", errors),
        "measure": _choice(draft.measure, set(Measure), "measure", errors),
        "rule": _choice(draft.rule, RULES, "rule", errors),
        "from_year": _year(draft.from_year, errors),
    }
    reason = prose(draft.reason)
    if not 0 < len(reason) <= REASON_MOST:
        errors["reason"] = N_("请写明为什么改，最多 500 个字。")
    parameters = _parameters(draft, former, errors) if draft.rule in RULES else {}
    if errors:
        raise Invalid(N_("有的内容不能使用，请检查。"), errors)
    return values | {"reason": reason, "parameters": parameters}


def _text(value: str, most: int, name: str, errors: dict[str, str]) -> str:
    text = line(value)
    if not text:
        errors[name] = N_("请填写。")
    elif len(text) > most:
        errors[name] = N_("太长了，请精简。")
    return text


def _choice(value: str, known: Any, name: str, errors: dict[str, str]) -> str:
    if value not in known:
        errors[name] = N_("请从列表中选择。")
    return value


def _year(text: str, errors: dict[str, str]) -> int:
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    if not 2020 <= year <= today().year + YEARS_AHEAD:
        errors["from_year"] = N_("请填写从哪一年起适用，例如 2026。")
    return year


def _parameters(draft: DefinitionDraft, former: Definition | None, errors: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in RULES[draft.rule].parameters:
        if name == "leave_out":
            kept = former.parameters.get(name) if former else None
            value: Any = kept or ["71", "81", "82"]
        else:
            value = _parameter(name, draft.parameters.get(name), errors)
        if value not in (None, "", [], False):
            found[name] = value
    return found


def _parameter(name: str, typed: Any, errors: dict[str, str]) -> Any:
    match name:
        case "kind":
            return _choice(typed or "", set(ListingKind), name, errors)
        case "amount":
            return _choice(typed or "", AMOUNTS, name, errors)
        case "event_kinds" | "organization_kinds":
            known: set[str] = set(EventKind) if name == "event_kinds" else set(OrganizationKind)
            chosen = [str(each) for each in typed or () if each in known]
            if not chosen and name == "organization_kinds":
                errors[name] = N_("请从列表中选择。")
            return chosen
        case "calls":
            return bool(typed)
        case "already":
            text = str(typed or "0")
            if not (text.isascii() and text.isdigit() and int(text) <= ALREADY_MOST):
                errors[name] = N_("请填写整数。")
                return 0
            return int(text)
        case _:
            return _words(typed, name, errors)


def _words(typed: Any, name: str, errors: dict[str, str]) -> list[str]:
    try:
        return list(words(typed or "", WORDS_MOST))
    except Unreadable as error:
        errors[name] = error.sentence
        return []
