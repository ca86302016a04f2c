"""Make way for one meeting by moving a few others, in a placing that is to change as little as possible."""

from collections.abc import Collection

from matchmaker.timetable.placing import NOWHERE, Placing


def make_way(placing: Placing, meeting: int, staying: Collection[int], most: int) -> bool:
    """Whether `meeting`, which is nowhere, was placed by moving `most` others at most, none of `staying`.

    Nothing is dropped, and nothing changes where the answer is False.
    """
    if not placing.is_within_limits(meeting):
        return False
    plans = [(slot, _in_the_way(placing, meeting, slot, staying)) for slot in placing.instance.options[meeting]]
    possible = [(slot, moving) for slot, moving in plans if moving is not None and len(moving) <= most]
    before = list(placing.slot_of)
    for slot, moving in sorted(possible, key=lambda plan: (len(plan[1]), plan[0])):
        for other in moving:
            placing.remove(other)
        if placing.fits(meeting, slot):
            placing.place(meeting, slot)
            if all(_place_anywhere(placing, other) for other in moving):
                return True
        placing.restore(before)
    return False


def _place_anywhere(placing: Placing, meeting: int) -> bool:
    slots = placing.fitting(meeting)
    if slots:
        placing.place(meeting, slots[0])
    return bool(slots)


def _in_the_way(placing: Placing, meeting: int, slot: int, staying: Collection[int]) -> list[int] | None:
    """Return what must leave `slot` for `meeting`; None where something there cannot."""
    language = placing.instance.language
    moving = list({placing.at[node][slot]: None for node in placing.instance.nodes[meeting]} | {NOWHERE: None})
    moving.remove(NOWHERE)
    if any(not _can_leave(placing, other, staying) for other in moving):
        return None
    others = [other for other in placing.inside[slot] if other not in moving and _can_leave(placing, other, staying)]
    if not placing.is_interpreted(meeting, slot) and not any(language[other] >= 0 for other in moving):
        # One of the same language is sure to free the interpreter that is needed.
        rival = next((other for other in others if language[other] == language[meeting]), None)
        if rival is None:
            return None
        moving.append(rival)
    if not moving and placing.full >> slot & 1:
        return others[:1] or None
    return moving


def _can_leave(placing: Placing, meeting: int, staying: Collection[int]) -> bool:
    return meeting not in staying and placing.open_slots(meeting) != 0
