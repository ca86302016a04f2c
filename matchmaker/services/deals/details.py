"""What a deal is about: its title, its field, what it is hoped to be worth."""

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.deals import TITLE_MOST, Deal, DealSource
from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.deals.loading import changeable_deal, touch
from matchmaker.services.reading.money import read_money
from matchmaker.services.reading.text import Unreadable, line

SOURCE_MOST = 200


def describe_deal(
    session: Session, actor: Actor, deal_id: int, *, value_expected: str, field: str, version: int
) -> Deal:
    """Set what a deal is hoped to be worth ("" for unknown) and its field; both sides see it.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable_deal`. Invalid: see `read_details`.
    """
    deal = changeable_deal(session, actor, deal_id, version)
    before = deal.value_expected, deal.field
    read_details(deal, value_expected=value_expected, field=field)
    if (deal.value_expected, deal.field) != before:
        value = str(deal.value_expected) if deal.value_expected is not None else None
        record(session, actor, "describe", "deal", deal.id, value_expected=value, field=deal.field)
        touch(session, deal)
    return deal


def read_details(deal: Deal, *, value_expected: str, field: str) -> None:
    """Write typed details into a deal.

    Raises:
        Invalid: no amount in yuan (field `value_expected`), an unknown field (`field`).
    """
    if field and field not in codes.table("contract_fields"):
        raise Invalid(N_("请选择技术领域。"), {"field": N_("请从列表中选择。")})
    try:
        deal.value_expected = read_money(value_expected)
    except Unreadable as error:
        raise Invalid(error.sentence, {"value_expected": error.sentence}) from error
    deal.field = field or None


def read_title(deal: Deal, title: str, source_text: str) -> None:
    """Write what a deal that was opened by hand is about, and where it comes from.

    Raises:
        Invalid: by field: none, or too long (`title`, `source_text`).
    """
    errors = {}
    deal.title, deal.source_text = line(title), line(source_text)
    if not 0 < len(deal.title) <= TITLE_MOST:
        errors["title"] = N_("请写明项目名称，最多 100 字。")
    if deal.source is DealSource.HAND and not 0 < len(deal.source_text) <= SOURCE_MOST:
        errors["source_text"] = N_("请写明这个项目从哪里来，最多 200 字。")
    if errors:
        raise Invalid(N_("请检查项目名称和来源。"), errors)
