"""Running a campaign: writing its call, opening it, taking it on to screening, closing or cancelling it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.campaigns import OPINIONS_EACH, BranchQuota, Campaign, CampaignEntry, CampaignState
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.people import Organization, OrganizationKind, User
from matchmaker.domain.permissions import Actor, can_run_campaigns
from matchmaker.domain.states import move
from matchmaker.services.campaigns import notices
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable, folded, line, prose

TITLE_MOST, CALL_MOST, CONTACT_MOST, REASON_MOST = 60, 10_000, 200, 500
TARGET_MOST, OPINIONS_MOST = 100_000, 5
WRITABLE = frozenset({CampaignState.DRAFT, CampaignState.OPEN})


@dataclass(frozen=True, slots=True)
class Call:
    """A call as typed: days and numbers are text, `quotas` maps a branch's id to its number, `fields` are codes."""

    title: str = ""
    kind: str = ListingKind.NEED
    call_text: str = ""
    fields: tuple[str, ...] = ()
    opens_on: str = ""
    closes_on: str = ""
    target: str = ""
    opinions_each: str = str(OPINIONS_EACH)
    contact: str = ""
    quotas: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Read:
    values: dict[str, Any]
    quotas: dict[int, int]


def branches(session: Session) -> list[Organization]:
    """Return the branches, by name."""
    kind = Organization.kind == OrganizationKind.BRANCH
    return list(session.scalars(sa.select(Organization).where(kind).order_by(Organization.name, Organization.id)))


def create_campaign(session: Session, actor: Actor, call: Call) -> Campaign:
    """Write a new call as a draft.

    Raises:
        Forbidden: the actor is not the bureau.
        Invalid: something is missing or cannot be read (`errors` names the field; a quota's is `quota-<branch id>`).
    """
    _require_bureau(actor)
    read = _read(session, call)
    campaign = Campaign(created_by_id=actor.user_id, **read.values)
    _set_quotas(campaign, read.quotas)
    session.add(campaign)
    session.flush()
    record(session, actor, "create", "campaign", campaign.id, after=campaign.state)
    return campaign


def edit_campaign(session: Session, actor: Actor, campaign: Campaign, call: Call, version: int) -> None:
    """Change the call. What it collects stays once it is open; so does its first day.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: it is past collecting, or a colleague has changed it since `version`.
        Invalid: see `create_campaign`.
    """
    _require_bureau(actor)
    _lock(session, campaign)
    if campaign.state not in WRITABLE:
        raise Conflict(N_("征集已经截止或取消，不能再修改通知。"))
    if campaign.version != version:
        raise Conflict(N_("同事刚刚修改了这份征集通知。请打开最新版本后再改，您输入的内容仍在本页。"))
    read = _read(session, call)
    if campaign.state == CampaignState.OPEN:
        read.values.update(kind=campaign.kind, opens_on=campaign.opens_on)
    for name, value in read.values.items():
        setattr(campaign, name, value)
    _set_quotas(campaign, read.quotas)
    campaign.version += 1
    session.flush()
    record(session, actor, "edit", "campaign", campaign.id)


def move_campaign(session: Session, actor: Actor, campaign: Campaign, to: str, reason: str = "") -> None:
    """Take a campaign on: open, screening, closed; or cancelled, with a reason that everybody concerned is told.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: it cannot go there from where it is, or its last day is over before it opens.
        Invalid: a cancellation without reason (field `reason`).
    """
    _require_bureau(actor)
    _lock(session, campaign)
    text = prose(reason)[:REASON_MOST]
    if to == CampaignState.CANCELLED:
        if not text:
            raise Invalid(N_("请写明取消的原因，已报送的单位会看到。"), {"reason": N_("请写明取消的原因。")})
        campaign.cancel_reason = text
    if to == CampaignState.OPEN and campaign.closes_on < today():
        raise Conflict(N_("截止日期已过，请先修改截止日期再开始征集。"))
    move(session, campaign, to, actor, text or None)
    if to == CampaignState.OPEN:
        campaign.opened_at = utc_now()
    if to == CampaignState.CANCELLED:
        _tell_cancelled(session, campaign)
    session.flush()


def _tell_cancelled(session: Session, campaign: Campaign) -> None:
    owners = sa.select(Listing.owner_id).join(CampaignEntry).where(CampaignEntry.campaign_id == campaign.id)
    for person in session.scalars(sa.select(User).where(User.id.in_(owners)).order_by(User.id)):
        notices.tell_cancelled(session, campaign, person)


def _lock(session: Session, campaign: Campaign) -> None:
    session.scalars(
        sa.select(Campaign)
        .where(Campaign.id == campaign.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _require_bureau(actor: Actor) -> None:
    if not can_run_campaigns(actor):
        raise Forbidden(N_("征集活动由科技局组织。"))


def _read(session: Session, call: Call) -> _Read:
    errors: dict[str, str] = {}
    title, text, contact = line(call.title), prose(call.call_text), line(call.contact)
    if not 0 < len(title) <= TITLE_MOST:
        errors["title"] = N_("请填写名称，最多 60 个字。")
    if not 0 < len(text) <= CALL_MOST:
        errors["call_text"] = N_("请写明征集什么、怎样报送，最多 10000 个字。")
    if len(contact) > CONTACT_MOST:
        errors["contact"] = N_("最多 200 个字。")
    if call.kind not in set(ListingKind):
        errors["kind"] = N_("请从列表中选择。")
    if any(code not in codes.table("contract_fields") for code in call.fields):
        errors["fields"] = N_("请从列表中选择。")
    opens, closes = _day(errors, "opens_on", call.opens_on), _day(errors, "closes_on", call.closes_on)
    if opens and closes and closes < opens:
        errors["closes_on"] = N_("截止日期不能早于开始日期。")
    target = _number(errors, "target", call.target, TARGET_MOST)
    each = _number(errors, "opinions_each", call.opinions_each, OPINIONS_MOST) or OPINIONS_EACH
    quotas = _read_quotas(errors, call.quotas, branches(session))
    if errors:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), errors, count=len(errors))
    values: dict[str, Any] = {
        "title": title,
        "kind": call.kind,
        "call_text": text,
        "fields": list(dict.fromkeys(call.fields)),
        "opens_on": opens,
        "closes_on": closes,
        "target": target,
        "opinions_each": each,
        "contact": contact,
    }
    return _Read(values, quotas)


def _day(errors: dict[str, str], name: str, value: str) -> date | None:
    try:
        day = read_day(value)
    except Unreadable as fault:
        errors[name] = fault.sentence
        return None
    if day is None:
        errors[name] = N_("请填写日期。")
    return day


def _number(errors: dict[str, str], name: str, value: str, most: int) -> int | None:
    """Read a whole number from 1 to `most`; nothing gives None."""
    text = folded(value)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and 1 <= int(text) <= most):
        errors[name] = N_("请填写大于零的整数。")
        return None
    return int(text)


def _read_quotas(errors: dict[str, str], typed: Mapping[int, str], known: Iterable[Organization]) -> dict[int, int]:
    quotas: dict[int, int] = {}
    for branch in known:
        number = _number(errors, f"quota-{branch.id}", typed.get(branch.id, ""), TARGET_MOST)
        if number is not None:
            quotas[branch.id] = number
    return quotas


def _set_quotas(campaign: Campaign, quotas: Mapping[int, int]) -> None:
    standing = {quota.branch_id: quota for quota in campaign.quotas}
    campaign.quotas = [
        standing.get(branch_id) or BranchQuota(branch_id=branch_id, target=target)
        for branch_id, target in quotas.items()
    ]
    for quota in campaign.quotas:
        quota.target = quotas[quota.branch_id]
