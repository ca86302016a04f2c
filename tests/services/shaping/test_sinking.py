"""Fields that an organization keeps declining sink in its own lists, and nothing else changes."""

import pytest

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.services.decisions import decide, withdraw_decision
from matchmaker.services.matches import best_matches, get_match, match_page, matches_of
from matchmaker.services.shaping.restoring import restore_field, sink_field
from matchmaker.services.shaping.telling import ShapedField, Shaping, SolvedNeed, shaping_of
from matchmaker.services.triage import TriageFilter, triage_page
from tests.counting import counted_queries
from tests.pairs import pair, publish

OUT = {"reason": "out_of_scope"}


@pytest.fixture
def need(session, cast):
    return publish(session, cast.alice, "need", "叶片除冰")


@pytest.fixture
def offer(session, cast, need):
    """Make a pair of alice's need with an achievement of a field."""

    def make(title, field, score, **columns):
        achievement = publish(session, cast.bob, "achievement", title, field=field)
        return pair(session, need, achievement, score=score, need_side_score=score, **columns)

    return make


@pytest.fixture
def farm(offer):
    """Three pairs of agriculture, the best that there are."""
    return [offer(f"农业{place}", "agriculture", 9.0 - place) for place in range(3)]


def listed(session, member, need):
    return [view.achievement.title for view in matches_of(session, member.actor, need)]


def decline(session, member, *matches):
    for match in matches:
        decide(session, member.actor, match.id, "unsuitable", **OUT)


def test_field_sinks_after_two_declines_and_only_its_undecided_pairs(session, cast, need, offer, farm):
    offer("能源", "energy", 1.0)
    decline(session, cast.alice, farm[0])
    assert listed(session, cast.alice, need) == ["农业0", "农业1", "农业2", "能源"]
    decline(session, cast.alice, farm[1])
    assert listed(session, cast.alice, need) == ["农业0", "农业1", "能源", "农业2"]
    assert shaping_of(session, cast.alice.actor).sunk == (ShapedField("agriculture", 2, 0),)


def test_every_list_of_the_organization_follows_and_nobody_elses(session, cast, need, offer, farm):
    offer("能源", "energy", 1.0)
    decline(session, cast.alice, *farm[:2])
    actor = cast.alice.actor
    queue = [view.achievement.title for view in triage_page(session, actor, TriageFilter()).matches]
    best = [view.achievement.title for view in best_matches(session, actor, [need.id], 4)[need.id]]
    all_own = [view.achievement.title for view in match_page(session, actor).matches]
    assert (queue, best, all_own) == (["能源", "农业2"], *[["农业0", "农业1", "能源", "农业2"]] * 2)
    assert listed(session, cast.carol, need) == ["农业0", "农业1", "农业2", "能源"]
    assert [bool(shaping_of(session, cast[name].actor)) for name in ("bob", "carol")] == [False, False]


def test_scores_grades_and_reasons_stay(session, cast, farm):
    before = get_match(session, cast.alice.actor, farm[2].id)
    decline(session, cast.alice, *farm[:2])
    after = get_match(session, cast.alice.actor, farm[2].id)
    assert (after.score, after.probability, after.grade, after.reasons) == (
        before.score,
        before.probability,
        before.grade,
        before.reasons,
    )


def test_one_wanted_pair_outweighs_three_declines_and_four_outweigh_it(session, cast, need, offer):
    matches = [offer(f"农业{place}", "agriculture", 9.0 - place) for place in range(6)]
    decide(session, cast.alice.actor, matches[0].id, "interested")
    decline(session, cast.alice, *matches[1:4])
    assert not shaping_of(session, cast.alice.actor)
    decline(session, cast.alice, matches[4])
    assert shaping_of(session, cast.alice.actor).sunk == (ShapedField("agriculture", 4, 1),)


def test_other_reasons_and_declines_taken_back_do_not_count(session, cast, farm):
    decline(session, cast.alice, *farm[:2])
    withdraw_decision(session, cast.alice.actor, farm[0].id)
    decide(session, cast.alice.actor, farm[2].id, "unsuitable", reason="price")
    assert not shaping_of(session, cast.alice.actor)


def test_what_somebody_asks_about_does_not_sink(session, cast, need, offer, farm):
    by_hand = offer("农业推荐", "agriculture", 0.1, proposed_by_id=cast.carol.user_id)
    offer("能源", "energy", 1.0)
    wanted = farm[2]
    decline(session, cast.alice, *farm[:2])
    decide(session, cast.bob.actor, wanted.id, "interested")
    assert listed(session, cast.alice, need) == ["农业推荐", "农业0", "农业1", "农业2", "能源"]
    assert by_hand.proposed_by_id == cast.carol.user_id


def test_university_declines_fields_of_needs(session, cast):
    coating = publish(session, cast.bob, "achievement", "疏冰涂料")
    needs = [publish(session, cast.alice, "need", f"农业{place}", field="agriculture") for place in range(3)]
    needs.append(publish(session, cast.alice, "need", "能源", field="energy"))
    matches = [pair(session, each, coating, achievement_side_score=9.0 - n) for n, each in enumerate(needs)]
    decline(session, cast.bob, *matches[:2])
    queue = [view.need.title for view in triage_page(session, cast.bob.actor, TriageFilter()).matches]
    assert queue == ["能源", "农业2"]


def test_restored_field_stays_until_it_is_let_go(session, cast, need, offer, farm):
    offer("能源", "energy", 1.0)
    decline(session, cast.alice, *farm[:2])
    restore_field(session, cast.alice.actor, "agriculture")
    restore_field(session, cast.alice.actor, "agriculture")
    assert listed(session, cast.alice, need) == ["农业0", "农业1", "农业2", "能源"]
    assert shaping_of(session, cast.alice.actor) == Shaping((), (ShapedField("agriculture", 2, 0),), (), True)
    sink_field(session, cast.alice.actor, "agriculture")
    assert listed(session, cast.alice, need) == ["农业0", "农业1", "能源", "农业2"]


@pytest.mark.parametrize("name", ["carol", "dave", "peter"])
def test_only_the_two_sides_restore(session, cast, name):
    with pytest.raises(Forbidden):
        restore_field(session, cast[name].actor, "energy")


def test_unknown_field_is_not_found(session, cast):
    with pytest.raises(NotFound):
        restore_field(session, cast.alice.actor, "magic")


def test_solved_need_is_suggested_for_closing_and_does_not_sink(session, cast, need, farm):
    for match in farm[:2]:
        decide(session, cast.alice.actor, match.id, "unsuitable", reason="already_solved")
    told = shaping_of(session, cast.alice.actor, need)
    assert (told.sunk, told.solved) == ((), (SolvedNeed(need.id, "叶片除冰", 2),))
    assert not shaping_of(session, cast.bob.actor)


def test_lists_cost_as_many_queries_for_three_fields_as_for_one(session, cast, need, offer):
    counts = []
    for number, field in enumerate(("agriculture", "energy", "materials")):
        decline(session, cast.alice, *(offer(f"{field}{place}", field, 5.0 - place) for place in range(2)))
        offer(f"{field}开", field, 0.5 - number)
        session.flush()
        session.expire_all()
        with counted_queries(session.get_bind().engine) as queries:
            best_matches(session, cast.alice.actor, [need.id], 3)
            matches_of(session, cast.alice.actor, need)
            shaping_of(session, cast.alice.actor)
        counts.append(len(queries))
    assert (counts[0], len(shaping_of(session, cast.alice.actor).sunk)) == (counts[2], 3)
