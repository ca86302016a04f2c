"""What of an anonymous listing's public text gives its poster away, field by field."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.fields import FieldSpec, FieldType, Layer
from matchmaker.domain.layers import layer_of
from matchmaker.domain.listings import Listing, ListingState, Revision, Visibility
from matchmaker.domain.people import Organization
from matchmaker.services.identity.finding import Finding
from matchmaker.services.identity.searching import Poster, find_identity
from matchmaker.services.projection import preview
from matchmaker.services.reading.revisions import as_form

# Hosts that say nothing of who has an address there, and the parts that every address has.
_SAY_NOTHING = frozenset(
    "foxmail gmail outlook hotmail yahoo aliyun icloud yeah mail yandex sina sohu 21cn info site shop tech".split()  # noqa: SIM905
)
_STREET = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:路|街|大道|巷|大厦|产业园|工业园|科技园)(?:[东西南北中]段)?(?:\d+号)?")
_DIVISIONS = re.compile(r".*(?:省|自治区|自治州|市|区|县)")
LEAST_LABEL = 4
_WRITTEN = frozenset({FieldType.LINE, FieldType.PROSE, FieldType.WORDS})


@dataclass(frozen=True, slots=True)
class ListingFinding:
    """One passage of one field; `start` and `end` count characters of the field's text as its form shows it."""

    spec: FieldSpec
    finding: Finding


def identity_findings(session: Session, listing: Listing, revision: Revision) -> tuple[ListingFinding, ...]:
    """Return what would tell everybody who posted an anonymous listing; nothing where it is not anonymous."""
    if revision.visibility != Visibility.ANONYMOUS:
        return ()
    return findings_in(listing, revision, registered_names(session, listing))


def findings_of_narrowing(session: Session, listing: Listing) -> tuple[ListingFinding, ...]:
    """Return what would tell everybody who posted a published listing, were it made anonymous as it stands.

    A new version that waits for its review is looked at too: it becomes anonymous with it.
    """
    names = registered_names(session, listing)
    found = (one for text in narrowed_texts(listing) for one in findings_in(listing, text, names))
    return tuple(dict.fromkeys(one for one in found if _stays_open(one.spec, listing.current)))


def narrowed_texts(listing: Listing) -> tuple[Revision, ...]:
    """Return the revisions that nobody will be asked about again when their listing is shown to fewer people."""
    working = listing.working_revision
    waits = working is not None and working.state in (ListingState.CONFIRMING, ListingState.SUBMITTED)
    return (listing.current, working) if working is not None and waits else (listing.current,)


def findings_in(listing: Listing, revision: Revision, others: Iterable[str]) -> tuple[ListingFinding, ...]:
    """Return the findings in what everybody will read of `revision`; see `identity_findings`."""
    poster, names = poster_of(listing, revision), tuple(others)
    return tuple(
        ListingFinding(spec, finding)
        for spec, text in _public_texts(listing, revision)
        for finding in find_identity(text, poster, names)
    )


def registered_names(session: Session, listing: Listing) -> tuple[str, ...]:
    """Return the names of all other organizations."""
    query = sa.select(Organization.name).where(Organization.id != listing.organization_id)
    return tuple(session.scalars(query))


def poster_of(listing: Listing, revision: Revision) -> Poster:
    """Return what is known of the organization and the people behind a listing."""
    organization = listing.organization
    owner = listing.owner
    people = (revision.contact_name, owner.name if owner else None)
    phones = (revision.contact_phone, owner.mobile if owner else None)
    email = owner.email if owner else None
    return Poster(
        names=(organization.name, *([listing.sub_unit.name] if listing.sub_unit else [])),
        people=tuple(dict.fromkeys(filter(None, people))),
        phones=tuple(dict.fromkeys(filter(None, phones))),
        streets=tuple(_streets(organization.address or "")),
        labels=tuple(_labels(organization.website or "", email or "")),
    )


def _public_texts(listing: Listing, revision: Revision) -> Iterator[tuple[FieldSpec, str]]:
    """The words of each field that everybody will read, as the projection shows them."""
    shown = preview(listing, revision)
    for view in shown.fields:
        if view.spec.type in _WRITTEN:
            yield view.spec, str(as_form(view.spec, view.value))
        elif view.spec.type is FieldType.INDICATORS:
            yield view.spec, "\n".join(row.text for row in shown.indicators)


@dataclass(frozen=True, slots=True)
class _Anonymous:
    """A revision's layers as they are once it is anonymous."""

    kind: str
    layers: Mapping[str, str] | None
    visibility: str = Visibility.ANONYMOUS


def _stays_open(spec: FieldSpec, revision: Revision) -> bool:
    return layer_of(spec, _Anonymous(revision.kind, revision.layers)) is Layer.ABSTRACT


def _streets(address: str) -> Iterator[str]:
    yield from _STREET.findall(_DIVISIONS.sub("", address.replace(" ", "")))


def _labels(website: str, email: str) -> Iterator[str]:
    """The own name in a web address and in a mail's domain: tianshan of www.tianshan.com.cn."""
    host = urlsplit(website).netloc or website
    for domain in (host.partition(":")[0], email.partition("@")[2]):
        for part in domain.lower().split("."):
            if len(part) >= LEAST_LABEL and part not in _SAY_NOTHING:
                yield part
