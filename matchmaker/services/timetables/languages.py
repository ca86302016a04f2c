"""Which meeting needs an interpreter, and of what language."""

from collections import Counter
from collections.abc import Sequence

from matchmaker.domain.events import EventStaff
from matchmaker.domain.registrations import Registration

NOBODY = "-"
"""The language of somebody who names none: no interpreter has it, so that nobody is sent to a talk without words."""
BOTH = "+"


def language_between(one: Registration, other: Registration, interpreters: Sequence[EventStaff]) -> str | None:
    """Return the language of which two people need an interpreter, None where they understand each other.

    They do where both speak Chinese or share a language. Where neither speaks Chinese, the interpreter must have one
    language of each: the two codes joined.
    """
    if (one.speaks_chinese and other.speaks_chinese) or set(one.languages) & set(other.languages):
        return None
    needed = [_spoken(person, interpreters) for person in (one, other) if not person.speaks_chinese]
    return BOTH.join(sorted(needed))


def languages_of(interpreter: EventStaff, needed: frozenset[str]) -> frozenset[str]:
    """Return those of the `needed` languages that an interpreter has; of two joined ones he must have both."""
    spoken = set(interpreter.languages)
    return frozenset(language for language in needed if set(language.split(BOTH)) <= spoken)


def _spoken(person: Registration, interpreters: Sequence[EventStaff]) -> str:
    """The language of a person that most interpreters have."""
    have = Counter(language for each in interpreters for language in set(each.languages))
    return max(person.languages, key=lambda language: have[language], default=NOBODY)
