"""Finding doubles: organizations that stand in the register twice, by what they have in common."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.merges import Merge, MergeState
from matchmaker.domain.people import OFFICES, ROLE_OF_KIND, Membership, Organization, User
from matchmaker.domain.permissions import Actor, can_verify_organizations
from matchmaker.services.identifiers import comparable_name

MOST_DOUBLES = 100
LEAST_LIKENESS = 0.5
LEAST_NAME_LIKENESS = 0.75
# What so many share says nothing about any two of them.
TOO_COMMON = 25

# How much each thing in common says, from nothing to 1; together they are capped at 1. Set by hand.
WEIGHTS = {"code": 0.9, "core": 0.7, "name": 0.4, "typo": 0.5, "site": 0.4, "phone": 0.4, "address": 0.3, "domain": 0.2}
REASONS = {
    "code": N_("主体识别码相同"),
    "typo": N_("信用代码只差一位"),
    "core": N_("名称主体相同"),
    "name": N_("名称相近"),
    "site": N_("网址相同"),
    "phone": N_("电话相同"),
    "address": N_("地址相同"),
    "domain": N_("成员邮箱属于同一域名"),
}
_FORMS = re.compile(r"(股份|有限|责任|公司|集团|总|分|\(.*?\))")
_PLACES = re.compile(r"^(中国|新疆维吾尔自治区|新疆|乌鲁木齐市?|自治区)+")
_FREE_MAIL = frozenset(
    {"qq.com", "163.com", "126.com", "sina.com", "gmail.com", "outlook.com", "foxmail.com", "139.com"}
)


@dataclass(frozen=True, slots=True)
class Double:
    """Two organizations that may be one: `reasons` are sentences, `likeness` is from LEAST_LIKENESS to 1."""

    first: Organization
    second: Organization
    reasons: tuple[str, ...]
    likeness: float


def find_doubles(session: Session, actor: Actor, most: int = MOST_DOUBLES) -> tuple[Double, ...]:
    """Return the likeliest doubles of the register, those apart that somebody has called different already.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    return tuple(_doubles(session, actor))[:most]


def doubles_of(session: Session, actor: Actor, organization: Organization) -> tuple[Double, ...]:
    """Return the doubles of one organization, which stands first in each.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    found = (double for double in _doubles(session, actor) if organization in {double.first, double.second})
    return tuple(
        double if double.first is organization else Double(organization, double.first, double.reasons, double.likeness)
        for double in found
    )


def core_name(name: str) -> str:
    """Return what is left of a comparable name without its place in front, its legal form and brackets."""
    bare = _FORMS.sub("", _PLACES.sub("", comparable_name(name)))
    return bare or comparable_name(name)


def _doubles(session: Session, actor: Actor) -> list[Double]:
    if not can_verify_organizations(actor):
        raise Forbidden(N_("重复单位由科技局处理。"))
    query = sa.select(Organization).where(Organization.merged_into_id.is_(None), Organization.kind.not_in(OFFICES))
    rows = {row.id: row for row in session.scalars(query)}
    common = _in_common(session, rows)
    decided = _decided(session)
    doubles = []
    for (first, second), signs in common.items():
        likeness = min(1.0, sum(WEIGHTS[sign] for sign in signs))
        same_role = ROLE_OF_KIND[rows[first].kind] is ROLE_OF_KIND[rows[second].kind]
        if likeness >= LEAST_LIKENESS and same_role and frozenset((first, second)) not in decided:
            reasons = tuple(text for sign, text in REASONS.items() if sign in signs)
            doubles.append(Double(rows[first], rows[second], reasons, likeness))
    return sorted(doubles, key=lambda double: (-double.likeness, double.first.id, double.second.id))


def _in_common(session: Session, rows: dict[int, Organization]) -> dict[tuple[int, int], set[str]]:
    """Which signs each pair has in common. Only pairs that share a key are looked at, never all with all."""
    keys: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows.values():
        for sign, key in _keys(row):
            keys[sign, key].add(row.id)
    for sign, organization_id, key in _contacts(session):
        if organization_id in rows:
            keys[sign, key].add(organization_id)
    common: dict[tuple[int, int], set[str]] = defaultdict(set)
    for (sign, _key), ids in keys.items():
        if len(ids) <= TOO_COMMON:
            for pair in combinations(sorted(ids), 2):
                common[pair].add(sign)
    for pair in _alike(rows):
        if "core" not in common[pair]:
            common[pair].add("name")
    for pair in _near_codes(rows):
        common[pair].add("typo")
    return common


def _keys(row: Organization) -> Iterator[tuple[str, str]]:
    yield "core", core_name(row.name)
    if row.credit_code:
        yield "code", row.credit_code[8:17]  # the organization's own code (GB 11714), whoever registered it
    if row.website and (host := urlsplit(row.website).hostname):
        yield "site", host.removeprefix("www.")
    if row.address and len(address := comparable_name(row.address)) > 4:
        yield "address", address


def _contacts(session: Session) -> Iterator[tuple[str, int, str]]:
    phones = sa.select(Listing.organization_id, Revision.contact_phone).join(
        Revision, Revision.listing_id == Listing.id
    )
    for organization_id, phone in session.execute(phones.where(Revision.contact_phone.is_not(None)).distinct()):
        if len(digits := re.sub(r"\D", "", phone or "")) > 6:
            yield "phone", organization_id, digits[-11:]
    mails = sa.select(Membership.organization_id, User.email).join(User, User.id == Membership.user_id)
    for organization_id, email in session.execute(mails.where(User.email.is_not(None))):
        if (domain := (email or "").partition("@")[2]) not in _FREE_MAIL:
            yield "domain", organization_id, domain


def _alike(rows: dict[int, Organization]) -> Iterator[tuple[int, int]]:
    """Pairs whose core names share most of their pairs of characters (Dice's coefficient)."""
    grams = {row.id: _bigrams(core_name(row.name)) for row in rows.values()}
    holders: dict[str, list[int]] = defaultdict(list)
    for organization_id, found in grams.items():
        for gram in found:
            holders[gram].append(organization_id)
    shared: Counter[tuple[int, int]] = Counter()
    for ids in holders.values():
        if len(ids) <= TOO_COMMON:
            shared.update(combinations(sorted(ids), 2))
    for (first, second), _count in shared.items():
        both = len(grams[first] & grams[second])
        if 2 * both / (len(grams[first]) + len(grams[second])) >= LEAST_NAME_LIKENESS:
            yield first, second


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1)) or frozenset({text})


def _near_codes(rows: dict[int, Organization]) -> Iterable[tuple[int, int]]:
    """Pairs whose credit codes differ in one place, found by either half of the code being the same."""
    halves: dict[str, list[Organization]] = defaultdict(list)
    for row in rows.values():
        if row.credit_code:
            halves["a" + row.credit_code[:9]].append(row)
            halves["b" + row.credit_code[9:]].append(row)
    found = set()
    for group in halves.values():
        for one, other in combinations(group, 2):
            # The check character follows from the rest, so a slip of the pen changes two places.
            if (
                sum(a != b for a, b in zip((one.credit_code or "")[:17], (other.credit_code or "")[:17], strict=True))
                == 1
            ):
                found.add((min(one.id, other.id), max(one.id, other.id)))
    return sorted(found)


def _decided(session: Session) -> set[frozenset[int]]:
    settled = Merge.state.in_((MergeState.DIFFERENT, MergeState.PROPOSED))
    return {frozenset(row) for row in session.execute(sa.select(Merge.kept_id, Merge.merged_id).where(settled))}
