"""Who interprets which meeting: each needs one who has its language, nobody interprets two at once."""

from collections.abc import Mapping, Sequence

from matchmaker.timetable.instance import Instance, bits


class Interpreting:
    """Answers whether the interpreters of a slot are enough, and remembers each answer.

    What a slot needs is one number, its *demand*: a digit for each language, in base `unit[1]`.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        base = len(instance.nodes) + 1
        self.unit = tuple(base**language for language in range(instance.languages))
        self.base = base
        self.known: dict[int, dict[int, bool]] = {crew: {0: True} for crew in instance.crews}

    def is_enough(self, slot: int, demand: int) -> bool:
        """Whether those who are there in `slot` can interpret all that `demand` asks for."""
        crew = self.instance.crews[slot]
        known = self.known[crew]
        if demand not in known:
            known[demand] = self._found(crew, demand)
        return known[demand]

    def _found(self, crew: int, demand: int) -> bool:
        wanted: list[int] = []
        for language in range(self.instance.languages):
            demand, count = divmod(demand, self.base)
            wanted += [language] * count
            if len(wanted) > crew.bit_count():
                return False
        return len(self._matched(wanted, crew, {})) == len(wanted)

    def people(self, slot: int, meetings: Sequence[int], before: Mapping[int, int]) -> dict[int, int]:
        """Return who interprets each of `meetings`, all held in `slot`: whoever did `before`, where that can be."""
        needing = [meeting for meeting in meetings if self.instance.language[meeting] >= 0]
        wanted = [self.instance.language[meeting] for meeting in needing]
        wishes = {place: before[meeting] for place, meeting in enumerate(needing) if meeting in before}
        found = self._matched(wanted, self.instance.crews[slot], wishes)
        return {needing[place]: person for place, person in found.items()}

    def _matched(self, wanted: Sequence[int], crew: int, wishes: Mapping[int, int]) -> dict[int, int]:
        """Match places of `wanted` with interpreters by augmenting paths; who is matched stays matched."""
        of_person: dict[int, int] = {}
        for place, person in wishes.items():
            if person not in of_person and crew >> person & 1 and self._speaks(person, wanted[place]):
                of_person[person] = place
        started = set(of_person.values())
        for place in range(len(wanted)):
            if place not in started:
                self._augment(place, wanted, crew, of_person, set())
        return {place: person for person, place in of_person.items()}

    def _augment(self, place: int, wanted: Sequence[int], crew: int, of_person: dict[int, int], seen: set[int]) -> bool:
        for person in bits(crew):
            if person in seen or not self._speaks(person, wanted[place]):
                continue
            seen.add(person)
            if person not in of_person or self._augment(of_person[person], wanted, crew, of_person, seen):
                of_person[person] = place
                return True
        return False

    def _speaks(self, person: int, language: int) -> bool:
        return bool(self.instance.interpreters[person][0] >> language & 1)
