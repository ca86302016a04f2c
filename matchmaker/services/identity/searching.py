"""All kinds of findings in one text."""

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.services.identity.finding import Finding, IdentityKind, Searched, without_overlaps
from matchmaker.services.identity.numbers import find_numbers
from matchmaker.services.identity.organizations import find_companies, find_labels, find_own, find_registered
from matchmaker.services.identity.persons import find_persons
from matchmaker.services.identity.places import find_places

LONGEST = 50_000
"""Characters that are looked through; no field holds more."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What is known of whoever must stay unknown; `labels` are the own names in web and mail addresses."""

    names: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def find_identity(text: str, poster: Poster, others: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return every passage of `text` that tells who posted it, in order, none within another.

    `others` are the names of organizations that are registered here.
    """
    searched = Searched(text[:LONGEST])
    if not searched.raw.strip():
        return ()
    found = [
        *find_own(searched, poster.names),
        *find_labels(searched, poster.people, IdentityKind.PERSON),
        *find_labels(searched, poster.phones, IdentityKind.PHONE),
        *find_labels(searched, poster.streets, IdentityKind.ADDRESS),
        *find_labels(searched, poster.labels, IdentityKind.OWN_NAME),
        *find_numbers(searched),
        *find_places(searched),
        *find_persons(searched),
        *find_registered(searched, others),
        *find_companies(searched),
    ]
    return tuple(without_overlaps(searched, found))
