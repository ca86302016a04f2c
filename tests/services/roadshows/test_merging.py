"""What becomes of roadshows where organizations are merged and people delete their accounts."""

import sqlalchemy as sa

from matchmaker.domain.pitches import PitchInterest
from matchmaker.services.privacy import delete_account, export_personal_data
from matchmaker.services.references import move_references
from matchmaker.services.roadshows.duties import roadshow_duties
from matchmaker.services.roadshows.interest import tap
from matchmaker.services.roadshows.judges import judge_rows
from matchmaker.services.roadshows.pitches import PitchPlan, add_pitch
from matchmaker.services.roadshows.programme import programme_of
from matchmaker.services.roadshows.sheets import sign_sheet
from tests.cast import CHEAP, PASSWORD, make_member, make_organization
from tests.events import make_registration
from tests.pairs import publish
from tests.roadshows import FULL, invite, make_judge, make_pitch, make_roadshow


def test_merged_organizations_pitches_judges_and_taps_go_over(session, cast) -> None:
    event = make_roadshow(session, cast)
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    judge = make_judge(session, cast, event, "frank", "冯评委", "university")
    make_registration(session, event, cast.alice)
    tap(session, cast.alice.actor, event, pitch)
    assert judge_rows(session, cast.carol.actor, event)[0].away == ()
    move_references(session, cast.bob.organization_id, judge.organization_id)
    move_references(session, cast.mallory.organization_id, cast.alice.organization_id)
    assert judge_rows(session, cast.carol.actor, event)[0].away == ((pitch.id, "本单位项目"),)
    assert session.scalars(sa.select(PitchInterest.organization_id)).all() == [cast.mallory.organization_id]


def test_deleted_account_is_no_speaker_any_more(session, cast) -> None:
    event = make_roadshow(session, cast)
    lab = make_organization(session, "university", "小研究所")
    make_member(session, lab, "head", "所长", cast.bob.actor.role, is_owner=True)
    ivan = make_member(session, lab, "ivan", "易凡", cast.bob.actor.role)
    pitch = make_pitch(session, cast, event, ivan, "疏冰涂料")
    pitch.speakers = "易凡教授、王工"
    session.flush()
    delete_account(session, ivan.actor, password=PASSWORD, hasher=CHEAP)
    assert [view.speakers for view in programme_of(session, cast.carol.actor, event).pitches] == ["王工"]
    assert pitch.presenter_id is None


def test_personal_data_names_a_judges_rows_without_their_text(session, cast) -> None:
    event = make_roadshow(session, cast, "final")
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    invite(session, cast, event, cast.carol)
    sign_sheet(session, cast.carol.actor, event, pitch.id, FULL, 0)
    exported = export_personal_data(session, cast.carol.actor)
    assert [row["as"] for row in exported["judges"]] == ["user_id", "invited_by_id"]


def test_duties_are_pitches_to_confirm_and_sheets_to_sign(session, cast) -> None:
    event = make_roadshow(session, cast, "final")
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    need = publish(session, cast.alice, "need", "企业的难题")
    asked = add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=need.id))
    invite(session, cast, event, cast.carol)
    assert [each.id for each in roadshow_duties(session, cast.alice.actor).pitches] == [asked.id]
    assert [duty.open_sheets for duty in roadshow_duties(session, cast.carol.actor).judging] == [1]
    sign_sheet(session, cast.carol.actor, event, pitch.id, FULL, 0)
    assert roadshow_duties(session, cast.carol.actor).judging == ()
