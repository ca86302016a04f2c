"""Why must meetings are in conflict, in words: the reason where it is one of the known kinds, else who is involved."""

from collections.abc import Callable, Iterable, Sequence

from matchmaker.timetable.musts import Musts, Resource
from matchmaker.timetable.problem import Meeting
from matchmaker.timetable.wording import N_, Saying, Value, Word, say

_MOST_NAMED = 20


def told(musts: Musts, numbers: Sequence[int], involved: Callable[[], list[Resource]]) -> Saying:
    """Return why these meetings cannot be held together.

    `involved` finds the limits without any one of which they could; it is asked only where no known kind is the reason.
    """
    meetings = [musts.meetings[number] for number in numbers]
    if len(meetings) == 1:
        return _Alone(musts, meetings[0]).reason()
    slots = sorted({slot for number in numbers for slot in musts.allowed[number]})
    group = _Group(musts, meetings, slots)
    people = (group.of_person(who) for who in musts.resources_of(meetings[0]))
    known = (reason for reason in (*people, group.of_tables(), group.of_languages()) if reason is not None)
    return next(known, None) or group.of_many(involved())


class _Group:
    """Several meetings, and the slots that at least one of them could have."""

    def __init__(self, musts: Musts, meetings: Sequence[Meeting], slots: Sequence[int]) -> None:
        self.musts = musts
        self.meetings = meetings
        self.slots = slots
        self.ids = tuple(meeting.id for meeting in meetings)

    def say(self, template: str, **values: Value) -> Saying:
        reason, ids = say(template, **values), self.ids
        if len(ids) <= _MOST_NAMED:
            return say(N_("会面 %(meetings)s 都必须安排，却排不下：%(reason)s。"), meetings=ids, reason=reason)
        template = N_("会面 %(meetings)s 等 %(count)s 场都必须安排，却排不下：%(reason)s。")
        return say(template, meetings=ids[:_MOST_NAMED], count=len(ids), reason=reason)

    def of_person(self, who: Resource) -> Saying | None:
        """A party or broker whom all of them need."""
        kind, name = who
        if not all(who in self.musts.resources_of(meeting) for meeting in self.meetings):
            return None
        named = _named(who)
        most = self.musts.parties[name].max_meetings if kind == "party" else None
        if most is not None and most < len(self.meetings):
            return self.say(N_("%(who)s 最多 %(most)s 场会面"), who=named, most=most)
        free = self.musts.free_of(who)
        if len(free) < len(self.meetings):
            return self.say(N_("%(who)s 只有 %(count)s 个空闲时段"), who=named, count=len(free))
        if len(self.slots) == 1 and all(meeting.fixed for meeting in self.meetings):
            template = N_("%(who)s 同一时段只能参加一场，它们却都固定在时段 %(slot)s")
            return self.say(template, who=named, slot=self.slots[0])
        if len(self.slots) < len(self.meetings):
            slots = tuple(str(slot) for slot in self.slots)
            template = N_("%(who)s 与对方共同的空闲时段只有 %(count)s 个（%(slots)s）")
            return self.say(template, who=named, count=len(slots), slots=slots)
        return None

    def of_tables(self) -> Saying | None:
        """The tables of the slots that they could have, or the one table at which they are fixed."""
        places = {(meeting.fixed.slot, meeting.fixed.table) for meeting in self.meetings if meeting.fixed}
        if len(places) == 1 and all(meeting.fixed and meeting.fixed.table is not None for meeting in self.meetings):
            ((slot, table),) = places
            return self.say(N_("它们都固定在时段 %(slot)s 的 %(table)s 号桌"), slot=slot, table=table or 0)
        count = sum(self.musts.open_tables[slot] for slot in self.slots)
        if count < len(self.meetings):
            template = N_("它们可用的时段（%(slots)s）一共只有 %(count)s 个桌位")
            return self.say(template, slots=tuple(str(slot) for slot in self.slots), count=count)
        return None

    def of_languages(self) -> Saying | None:
        """The interpreters of their languages, in the slots that they could have."""
        languages = {meeting.language for meeting in self.meetings if meeting.language is not None}
        if any(meeting.language is None for meeting in self.meetings):
            return None
        count = sum(self.musts.interpreters_of(languages, slot) for slot in self.slots)
        if count < len(self.meetings):
            template = N_("会 %(languages)s 的翻译在可用的时段（%(slots)s）一共只能承担 %(count)s 场")
            slots = tuple(str(slot) for slot in self.slots)
            return self.say(template, languages=tuple(sorted(languages)), slots=slots, count=count)
        return None

    def of_many(self, involved: Iterable[Resource]) -> Saying:
        """Several limits at once: those are named that are part of it."""
        names = tuple(_named(who) for who in involved)
        if names:
            template = N_("几个条件合在一起不够，牵涉 %(names)s")
            return self.say(template, names=names)
        return self.say(N_("去掉其中任何一场才排得下"))


class _Alone:
    """One meeting that is impossible by itself."""

    def __init__(self, musts: Musts, meeting: Meeting) -> None:
        self.musts = musts
        self.meeting = meeting

    def say(self, template: str, **values: Value) -> Saying:
        return say(
            N_("会面 %(meeting)s 必须安排，却排不下：%(reason)s。"),
            meeting=self.meeting.id,
            reason=say(template, **values),
        )

    def reason(self) -> Saying:
        one, other = self.meeting.parties
        if self.musts.problem.is_vetoed(self.meeting):
            return self.say(N_("%(one)s 与 %(other)s 不应会面"), one=one, other=other)
        for party in self.meeting.parties:
            if self.musts.parties[party].max_meetings == 0:
                return self.say(N_("%(who)s 最多 %(most)s 场会面"), who=party, most=0)
        return self._fixed(self.meeting.fixed.slot) if self.meeting.fixed else self._free()

    def _fixed(self, slot: int) -> Saying:
        table = self.meeting.fixed.table if self.meeting.fixed else None
        for who in self.musts.resources_of(self.meeting):
            if slot not in self.musts.free_of(who):
                return self.say(N_("它固定在时段 %(slot)s，%(who)s 此时没有空"), slot=slot, who=_named(who))
        if table is not None and (slot, table) in self.musts.problem.closed:
            return self.say(N_("它固定在时段 %(slot)s 的 %(table)s 号桌，这张桌此时不开放"), slot=slot, table=table)
        if not self.musts.open_tables[slot]:
            return self.say(N_("它固定在时段 %(slot)s，此时没有开放的桌"), slot=slot)
        language = self.meeting.language or ""
        return self.say(N_("它固定在时段 %(slot)s，此时没有会 %(language)s 的翻译"), slot=slot, language=language)

    def _free(self) -> Saying:
        people = self.musts.resources_of(self.meeting)
        for who in people:
            if not self.musts.free_of(who):
                return self.say(N_("%(who)s 没有空闲时段"), who=_named(who))
        common = frozenset.intersection(*(self.musts.free_of(who) for who in people))
        if not common:
            names = tuple(_named(who) for who in people)
            return self.say(N_("%(names)s 没有共同的空闲时段"), names=names)
        if not any(self.musts.open_tables[slot] for slot in common):
            return self.say(N_("双方都有空的时段没有开放的桌"))
        language = self.meeting.language or ""
        return self.say(N_("双方都有空的时段没有会 %(language)s 的翻译，或没有桌"), language=language)


def _named(who: Resource) -> Word:
    kind, name = who
    if kind == "party":
        return name
    if kind == "broker":
        return say(N_("经纪人 %(who)s"), who=name)
    return say(N_("桌位")) if kind == "table" else say(N_("翻译"))
