"""Must meetings that are simply too many for the room that a party, a broker, the tables or the interpreters have.

Counting finds these at once where a proof by search takes long, and they are what usually goes wrong.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator

from matchmaker.timetable.musts import Musts

Room = Callable[[Collection[int]], int]


def narrowest(musts: Musts) -> list[int] | None:
    """Return the fewest meetings that one resource alone has no room for, or None where each has room for its own.

    For each resource, and each set of slots that one of its meetings could have, the meetings that have no other slots
    are counted against the room in these.
    """
    best: list[int] | None = None
    for members, room in _resources(musts):
        for slots in {musts.allowed[number] for number in members}:
            most = room(slots)
            if len(members) <= most or (best is not None and len(best) <= most + 1):
                continue
            inside = [number for number in members if set(musts.allowed[number]) <= set(slots)]
            if len(inside) > most:
                best = inside[: most + 1]
        everywhere = sorted({slot for number in members for slot in musts.allowed[number]})
        most = room(everywhere)
        if len(members) > most and (best is None or most + 1 < len(best)):
            best = members[: most + 1]
    return best


def _resources(musts: Musts) -> Iterator[tuple[list[int], Room]]:
    """Yield which meetings need a resource, and how many of them it has room for in some slots."""
    of_person: dict[tuple[str, str], list[int]] = defaultdict(list)
    of_language: dict[str, list[int]] = defaultdict(list)
    for number, meeting in enumerate(musts.meetings):
        for who in musts.resources_of(meeting):
            of_person[who].append(number)
        if meeting.language is not None:
            of_language[meeting.language].append(number)
    for (kind, name), members in of_person.items():
        most = musts.parties[name].max_meetings if kind == "party" else None
        yield members, _at_most(most)
    yield list(range(len(musts.meetings))), lambda slots: sum(musts.open_tables[slot] for slot in slots)
    for language, members in of_language.items():
        yield members, _spoken(musts, [language])
    yield [number for members in of_language.values() for number in members], _spoken(musts, list(of_language))


def _at_most(most: int | None) -> Room:
    return lambda slots: len(slots) if most is None else min(most, len(slots))


def _spoken(musts: Musts, languages: Collection[str]) -> Room:
    return lambda slots: sum(musts.interpreters_of(languages, slot) for slot in slots)
