"""The independent checker: whether a solution is a right timetable of its problem, rule by rule.

It shares nothing with the solver but the data, and recomputes every figure from the problem. A violation is a kind (for
programs), a sentence with ids (for people) and the meetings it concerns.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from matchmaker.timetable.problem import Assignment, Meeting, Problem, Solution
from matchmaker.timetable.wording import N_, Saying, Value, say

WITHOUT_TIMETABLE = ("infeasible", "stopped")


@dataclass(frozen=True)
class Violation:
    """One broken rule: `kind` names it, `saying` tells it, `meetings` are those that it concerns."""

    kind: str
    saying: Saying
    meetings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the sentence in Chinese."""
        return str(self.saying)


def check(problem: Problem, solution: Solution) -> list[Violation]:
    """Return every rule that a solution breaks; none: the timetable is right and its figures are true.

    A solution without timetable ("infeasible", "stopped") is only checked for being empty: what it claims is proven by
    nothing here. Fairness and table changes, which no file states, are for `check_details`.
    """
    if solution.status in WITHOUT_TIMETABLE:
        return list(_claims_nothing(solution))
    return [*_Checker(problem, solution).violations()]


def check_details(problem: Problem, solution: Solution) -> list[Violation]:
    """Return whether `served` and `table_changes` are stated as they are."""
    if solution.status in WITHOUT_TIMETABLE:
        return []
    return [*_Checker(problem, solution).details()]


def _claims_nothing(solution: Solution) -> Iterator[Violation]:
    if solution.assignments:
        meetings = tuple(each.meeting for each in solution.assignments)
        yield _violation("status", N_("状态为 %(status)s，却列出了会面安排。"), meetings, status=solution.status)


def _violation(kind: str, template: str, about: Iterable[str] = (), **values: Value) -> Violation:
    return Violation(kind, say(template, **values), tuple(about))


class _Checker:
    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        self.solution = solution
        self.meetings = {meeting.id: meeting for meeting in problem.meetings}
        self.parties = {party.id: party for party in problem.parties}
        self.brokers = {broker.id: broker for broker in problem.brokers}
        self.interpreters = {interpreter.id: interpreter for interpreter in problem.interpreters}
        # Rules are applied to what is known; what is not is a violation by itself.
        self.known = [
            (self.meetings[each.meeting], each) for each in solution.assignments if each.meeting in self.meetings
        ]
        self.slots_of: dict[str, list[int]] = defaultdict(list)
        for meeting, assignment in self.known:
            for party in meeting.parties:
                self.slots_of[party].append(assignment.slot)

    def violations(self) -> Iterator[Violation]:
        yield from self._listed_once()
        for meeting, assignment in self.known:
            yield from self._place(meeting, assignment)
            yield from self._people(meeting, assignment)
            yield from self._interpreter(meeting, assignment)
        yield from self._twice()
        yield from self._most()
        yield from self._musts()
        yield from self._figures()

    def _listed_once(self) -> Iterator[Violation]:
        scheduled = Counter(each.meeting for each in self.solution.assignments)
        left_out = Counter(self.solution.unscheduled)
        for meeting in scheduled.keys() | left_out.keys():
            if meeting not in self.meetings:
                yield _violation("unknown", N_("问题文件中没有会面 %(meeting)s。"), [meeting], meeting=meeting)
            if scheduled[meeting] > 1:
                times = scheduled[meeting]
                yield _violation(
                    "repeated", N_("会面 %(meeting)s 安排了 %(times)s 次。"), [meeting], meeting=meeting, times=times
                )
            if left_out[meeting] > 1:
                yield _violation("rest", N_("会面 %(meeting)s 在未安排名单中重复出现。"), [meeting], meeting=meeting)
            if scheduled[meeting] and left_out[meeting]:
                yield _violation("rest", N_("会面 %(meeting)s 既已安排，又列为未安排。"), [meeting], meeting=meeting)
        for meeting in self.meetings.keys() - scheduled.keys() - left_out.keys():
            yield _violation("rest", N_("会面 %(meeting)s 既未安排，也未列为未安排。"), [meeting], meeting=meeting)

    def _place(self, meeting: Meeting, at: Assignment) -> Iterator[Violation]:
        where: dict[str, Value] = {"meeting": meeting.id, "slot": at.slot, "table": at.table}
        if not 0 <= at.slot < self.problem.slots:
            yield _violation("slot", N_("会面 %(meeting)s 排在时段 %(slot)s，没有这个时段。"), [meeting.id], **where)
        if not 0 <= at.table < self.problem.tables:
            yield _violation("table", N_("会面 %(meeting)s 排在 %(table)s 号桌，没有这张桌。"), [meeting.id], **where)
        if (at.slot, at.table) in self.problem.closed:
            template = N_("会面 %(meeting)s 排在时段 %(slot)s 的 %(table)s 号桌，这张桌此时不开放。")
            yield _violation("closed", template, [meeting.id], **where)
        if meeting.fixed is not None and meeting.fixed.slot != at.slot:
            template = N_("会面 %(meeting)s 固定在时段 %(fixed)s，却排在时段 %(slot)s。")
            yield _violation("fixed", template, [meeting.id], **where, fixed=meeting.fixed.slot)
        if meeting.fixed is not None and meeting.fixed.table not in (None, at.table):
            template = N_("会面 %(meeting)s 固定在 %(fixed_table)s 号桌，却排在 %(table)s 号桌。")
            yield _violation("fixed", template, [meeting.id], **where, fixed_table=meeting.fixed.table or 0)

    def _people(self, meeting: Meeting, at: Assignment) -> Iterator[Violation]:
        for party in meeting.parties:
            if party in self.parties and at.slot in self.parties[party].unavailable:
                template = N_("%(who)s 在时段 %(slot)s 没有空，却排了会面 %(meeting)s。")
                yield _violation("unavailable", template, [meeting.id], who=party, slot=at.slot, meeting=meeting.id)
        broker = self.brokers.get(meeting.broker or "")
        if broker is not None and at.slot in broker.unavailable:
            template = N_("经纪人 %(who)s 在时段 %(slot)s 没有空，却排了会面 %(meeting)s。")
            yield _violation("broker", template, [meeting.id], who=broker.id, slot=at.slot, meeting=meeting.id)
        if meeting.broker is not None and broker is None:
            template = N_("会面 %(meeting)s 需要的经纪人 %(who)s 不在名单中。")
            yield _violation("broker", template, [meeting.id], who=meeting.broker, meeting=meeting.id)
        one, other = meeting.parties
        if {one, other} in self.problem.vetoes:
            template = N_("%(one)s 与 %(other)s 不应会面，却排了会面 %(meeting)s。")
            yield _violation("veto", template, [meeting.id], one=one, other=other, meeting=meeting.id)

    def _interpreter(self, meeting: Meeting, at: Assignment) -> Iterator[Violation]:
        about: dict[str, Value] = {"meeting": meeting.id, "slot": at.slot, "who": at.interpreter or ""}
        about["language"] = meeting.language or ""
        if meeting.language is None:
            if at.interpreter is not None:
                template = N_("会面 %(meeting)s 不需要翻译，却占用了翻译 %(who)s。")
                yield _violation("interpreter", template, [meeting.id], **about)
            return
        if at.interpreter is None:
            template = N_("会面 %(meeting)s 需要 %(language)s 翻译，却没有安排。")
            yield _violation("interpreter", template, [meeting.id], **about)
            return
        interpreter = self.interpreters.get(at.interpreter)
        if interpreter is None:
            template = N_("会面 %(meeting)s 的翻译 %(who)s 不在名单中。")
            yield _violation("interpreter", template, [meeting.id], **about)
            return
        if meeting.language not in interpreter.languages:
            template = N_("会面 %(meeting)s 需要 %(language)s 翻译，%(who)s 不会。")
            yield _violation("language", template, [meeting.id], **about)
        if at.slot in interpreter.unavailable:
            template = N_("翻译 %(who)s 在时段 %(slot)s 没有空，却排了会面 %(meeting)s。")
            yield _violation("interpreter", template, [meeting.id], **about)

    def _twice(self) -> Iterator[Violation]:
        """Look for two meetings at once: of a party, at a table, of an interpreter, of a broker."""
        held: dict[tuple[str, str | int, int], list[str]] = defaultdict(list)
        for meeting, at in self.known:
            for party in meeting.parties:
                held["party", party, at.slot].append(meeting.id)
            held["table", at.table, at.slot].append(meeting.id)
            if at.interpreter is not None:
                held["interpreter", at.interpreter, at.slot].append(meeting.id)
            if meeting.broker is not None:
                held["broker", meeting.broker, at.slot].append(meeting.id)
        for (kind, who, slot), meetings in held.items():
            if len(meetings) > 1:
                ids = tuple(meetings)
                named: dict[str, Value] = {"table" if kind == "table" else "who": who}
                yield _violation(f"{kind} twice", _TWICE[kind], ids, **named, slot=slot, meetings=ids)

    def _most(self) -> Iterator[Violation]:
        for party in self.problem.parties:
            count = len(self.slots_of[party.id])
            if party.max_meetings is not None and count > party.max_meetings:
                template = N_("%(who)s 最多 %(most)s 场会面，却排了 %(count)s 场。")
                meetings = [meeting.id for meeting, _at in self.known if party.id in meeting.parties]
                yield _violation("most", template, meetings, who=party.id, most=party.max_meetings, count=count)

    def _musts(self) -> Iterator[Violation]:
        scheduled = {meeting.id for meeting, _at in self.known}
        for meeting in self.problem.meetings:
            if meeting.must and meeting.id not in scheduled:
                yield _violation("must", N_("会面 %(meeting)s 必须安排，却没有。"), [meeting.id], meeting=meeting.id)

    def _figures(self) -> Iterator[Violation]:
        stated = self.solution
        value = sum((meeting.value for meeting, _at in self.known), Fraction(0))
        if value != stated.value:
            template = N_("写明的总值是 %(stated)s，重新计算是 %(found)s。")
            yield _violation("value", template, stated=_text(stated.value), found=_text(value))
        gaps = sum(_empty_between(slots) for slots in self.slots_of.values())
        if gaps != stated.gaps:
            template = N_("写明的空档是 %(stated)s 个，重新计算是 %(found)s 个。")
            yield _violation("gaps", template, stated=stated.gaps, found=gaps)
        if stated.bound < value:
            template = N_("写明的上界 %(stated)s 小于总值 %(found)s。")
            yield _violation("bound", template, stated=_text(stated.bound), found=_text(value))
        elif stated.status == "optimal" and stated.bound != value:
            template = N_("状态为最优，但上界 %(stated)s 不等于总值 %(found)s。")
            yield _violation("bound", template, stated=_text(stated.bound), found=_text(value))

    def details(self) -> Iterator[Violation]:
        served = self._worst_served()
        if served != self.solution.served:
            template = N_("写明的最低满足度是 %(stated)s，重新计算是 %(found)s。")
            yield _violation("served", template, stated=_text(self.solution.served), found=_text(served))
        changes = self._table_changes()
        if changes != self.solution.table_changes:
            template = N_("写明的换桌次数是 %(stated)s，重新计算是 %(found)s。")
            yield _violation("table changes", template, stated=self.solution.table_changes, found=changes)

    def _worst_served(self) -> Fraction:
        """Recompute what the worst-served party gets of its wishes, without vetoed ones and who can never meet."""
        scheduled = {meeting.id for meeting, _at in self.known}
        shares = []
        for party in self.problem.parties:
            if party.max_meetings == 0 or party.unavailable >= set(range(self.problem.slots)):
                continue
            own = [meeting for meeting in self.problem.meetings if party.id in meeting.parties]
            wished = [meeting for meeting in own if set(meeting.parties) not in self.problem.vetoes]
            wish = sum((meeting.value for meeting in wished), Fraction(0))
            got = sum((meeting.value for meeting in wished if meeting.id in scheduled), Fraction(0))
            shares += [got / wish] if wish else []
        return min(shares, default=Fraction(1))

    def _table_changes(self) -> int:
        tables: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for meeting, at in self.known:
            for party in meeting.parties:
                tables[party].append((at.slot, at.table))
        walks = (sorted(walk) for walk in tables.values())
        return sum(one[1] != other[1] for walk in walks for one, other in itertools.pairwise(walk))


_TWICE = {
    "party": N_("%(who)s 在时段 %(slot)s 同时有 %(meetings)s 几场会面。"),
    "table": N_("%(table)s 号桌在时段 %(slot)s 同时有 %(meetings)s 几场会面。"),
    "interpreter": N_("翻译 %(who)s 在时段 %(slot)s 同时有 %(meetings)s 几场会面。"),
    "broker": N_("经纪人 %(who)s 在时段 %(slot)s 同时有 %(meetings)s 几场会面。"),
}


def _empty_between(slots: list[int]) -> int:
    return max(slots) - min(slots) + 1 - len(set(slots)) if slots else 0


def _text(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.12g}"
