"""A small market in which alice hides something, for tests that try to reach it from outside."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.agreements import Agreement
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.base import Base, Database, utc_now
from matchmaker.domain.campaigns import Campaign, CampaignEntry, CampaignExpert, CampaignFile, Opinion
from matchmaker.domain.closed_periods import ClosedPeriod
from matchmaker.domain.commissions import Commission, CommissionShare
from matchmaker.domain.contracts import Contract, Payment
from matchmaker.domain.days import today
from matchmaker.domain.deal_meetings import DealMeeting
from matchmaker.domain.deal_notes import DealFile, DealNote
from matchmaker.domain.deal_offers import DealOffer
from matchmaker.domain.deals import Deal
from matchmaker.domain.event_invitations import EventInvitation
from matchmaker.domain.events import AgendaItem, Event, EventFile, EventStaff, EventTable
from matchmaker.domain.evidence_records import EvidenceRecord
from matchmaker.domain.follow_ups import FollowUp
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.handovers import Handover
from matchmaker.domain.imports import Import
from matchmaker.domain.inventors import Inventor
from matchmaker.domain.jobs import Job
from matchmaker.domain.judgements import GradingBatch, Judgement, SampledPair
from matchmaker.domain.judges import Judge, ScoreSheet
from matchmaker.domain.listings import REVISION_CLASSES, Attachment, Listing
from matchmaker.domain.mails import Mail
from matchmaker.domain.matches import Match
from matchmaker.domain.merges import Merge
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Role
from matchmaker.domain.pitches import Pitch, PitchFile, PitchInterest
from matchmaker.domain.questions import Question
from matchmaker.domain.registrations import Registration
from matchmaker.domain.saved_searches import SavedSearch
from matchmaker.domain.sub_units import SubUnit
from matchmaker.domain.timetables import Arrangement, Placement, Timetable
from matchmaker.domain.unmet import UnmetCluster, UnmetMap, UnmetNeed
from matchmaker.domain.verifications import Verification, VerificationDocument
from matchmaker.domain.webhooks import Webhook, WebhookDelivery
from matchmaker.search.indicators import read_text
from tests.cast import Cast, Member, make_member, make_organization

# No row has it; an address with it looks like one with an id that is hidden.
MISSING = 10**9


def make_drawn_pair(session: Session, cast: Cast, need: Listing, achievement: Listing) -> int:
    """Draw a pair that two have graded far apart an hour ago; return its id. One of them is carol."""
    batch = GradingBatch(seed=1, asked_for=1)
    session.add(batch)
    session.flush()
    pair = SampledPair(batch_id=batch.id, need_id=need.id, achievement_id=achievement.id, drawn_for="uncertain")
    for grader, grade in ((cast.carol, 3), (cast.peter, 0)):
        pair.judgements.append(
            Judgement(
                need_id=need.id,
                achievement_id=achievement.id,
                grader_id=grader.user_id,
                grade=grade,
                blind_grade=grade,
                at=utc_now() - timedelta(hours=1),
            )
        )
    session.add(pair)
    session.flush()
    return pair.id


@dataclass(frozen=True, slots=True)
class World:
    """What alice hides, by the name of the argument with which an address names it; the newest row of a kind last."""

    hidden: dict[str, tuple[int, ...]]

    def ids(self, argument: str) -> tuple[int, ...]:
        """Return ids of hidden things; for an argument that this world does not know yet, any small number."""
        return self.hidden.get(argument, (1,))


def make_world(session: Session, cast: Cast) -> World:
    """Write a draft and a published need of alice that only brokers see, and what hangs on them; the caller commits."""
    hermit = make_organization(session, "university", "深山大学")
    recluse = make_member(session, hermit, "recluse", "隐士", Role.UNIVERSITY, is_owner=True)
    draft = _listing(session, cast.alice, "need", "draft")
    published = _listing(session, cast.alice, "need", "published")
    achievement = _listing(session, recluse, "achievement", "published")
    match = _match(session, published, achievement)
    files = [_attachment(session, listing) for listing in (draft, published)]
    mail = Mail(message_id="<1@world>", recipient="alice@cast.example", subject="题", body="文")
    notice = Notice(user_id=cast.alice.user_id, topic="listing", title="题", body="文", path="/")
    search = SavedSearch(user_id=cast.alice.user_id, name="搜索", text="词")
    forwarding = Forwarding(
        match_id=match.id,
        organization_id=cast.alice.organization_id,
        sender_id=cast.alice.user_id,
        recipient_name="王工",
        recipient_email="wang@world.example",
        expires_at=utc_now() + timedelta(days=30),
    )
    robot = Webhook(organization_id=cast.alice.organization_id, name="群", robot="wecom", address="https://a.example/")
    session.add_all((mail, notice, search, forwarding, robot))
    session.flush()
    delivery = WebhookDelivery(uid="1", webhook_id=robot.id, topic="review", title="题", body="文", path="/")
    session.add(delivery)
    agreement = Agreement(
        match_id=match.id,
        text="约定",
        proposing_organization_id=hermit.id,
        proposed_by_id=recluse.user_id,
        answering_organization_id=cast.alice.organization_id,
    )
    question = Question(
        match_id=match.id,
        key="0" * 16,
        field="problem",
        indicator=read_text("效率不低于99%", is_need=True)[0].as_dict(),
        asking_organization_id=cast.alice.organization_id,
        asked_by_id=cast.alice.user_id,
        answering_organization_id=hermit.id,
    )
    avoidance = Avoidance(organization_id=cast.alice.organization_id, name="沙海动力有限公司", kind="rival")
    session.add_all((agreement, question, avoidance))
    session.flush()
    export = Job(
        kind="export",
        organization_id=cast.alice.organization_id,
        user_id=cast.alice.user_id,
        arguments={"kind": "need", "format": "csv", "everything": False, "state": None},
    )
    imported = Import(
        kind="need",
        organization_id=cast.alice.organization_id,
        user_id=cast.alice.user_id,
        job=Job(kind="check_import", organization_id=cast.alice.organization_id, user_id=cast.alice.user_id),
        name="清单.csv",
        sha256="0" * 64,
        size=3,
        options={"organization": None, "arrival": "submitted", "visibility": "public", "create_organizations": False},
    )
    session.add_all((export, imported))
    session.flush()
    inside = make_inside(session, cast.alice, recluse)
    return World(
        {
            "listing_id": (draft.id, published.id),
            "revision_id": tuple(row.revisions[0].id for row in (draft, published)),
            "attachment_id": tuple(file.id for file in files),
            "match_id": (match.id,),
            "pair_id": (make_drawn_pair(session, cast, published, achievement),),
            "agreement_id": (agreement.id,),
            "avoidance_id": (avoidance.id,),
            "question_id": (question.id,),
            "membership_id": (cast.alice.membership_id,),
            "organization_id": (cast.alice.organization_id,),
            "user_id": (cast.alice.user_id,),
            "notice_id": (notice.id,),
            "webhook_id": (robot.id,),
            "delivery_id": (delivery.id,),
            "search_id": (search.id,),
            "job_id": (export.id,),
            "import_id": (imported.id,),
            **_campaign(session, cast, draft, recluse),
            **(hanging := _event(session, cast)),
            **_meeting(session, recluse, match, hanging),
            "cluster_id": (_cluster(session, published),),
            **_ledger(session),
            "mail_id": (mail.id,),
            "forwarding_id": (forwarding.id,),
            **inside,
        }
    )


def make_inside(session: Session, owner: Member, other: Member) -> dict[str, tuple[int, ...]]:
    """Write what an organization keeps to itself, and a merge that only the bureau knows of; return their ids."""
    unit = SubUnit(organization_id=owner.organization_id, name="密封研究所")
    inventor = Inventor(organization_id=owner.organization_id, name="李明", email="li@cast.example")
    verification = Verification(organization_id=owner.organization_id, name=owner.organization_name, state="submitted")
    document = VerificationDocument(
        verification=verification, kind="other", name="执照.pdf", media_type="application/pdf", size=3, sha256="1" * 64
    )
    handover = Handover(
        organization_id=owner.organization_id, from_user_id=owner.user_id, to_user_id=owner.user_id, state="offered"
    )
    merge = Merge(kept_id=owner.organization_id, merged_id=other.organization_id, reason="重复")
    rows = {
        "sub_unit_id": unit,
        "inventor_id": inventor,
        "verification_id": verification,
        "document_id": document,
        "handover_id": handover,
        "merge_id": merge,
    }
    session.add_all(rows.values())
    session.flush()
    return {name: (row.id,) for name, row in rows.items()}


def everything(database: Database) -> dict[str, list[str]]:
    """Return every row of every table as text, but for the counts of rate limits, which refusals may change."""
    with database.read() as session:
        return {
            table.name: [str(row) for row in session.execute(sa.select(table))]
            for table in Base.metadata.sorted_tables
            if table.name != "rate_counts"
        }


def _listing(session: Session, owner: Member, kind: str, state: str) -> Listing:
    published = state == "published"
    listing = Listing(
        kind=kind,
        organization_id=owner.organization_id,
        owner_id=owner.user_id,
        state=state,
        visibility="brokers",
        published_at=utc_now() if published else None,
    )
    revision = REVISION_CLASSES[kind](
        listing=listing, state=state, title="低温齿轮箱润滑", abstract="仅限经纪人", visibility="brokers"
    )
    session.add_all((listing, revision))
    session.flush()
    listing.published_revision = revision if published else None
    listing.working_revision = None if published else revision
    return listing


def _campaign(session: Session, cast: Cast, listing: Listing, expert: Member) -> dict[str, tuple[int, ...]]:
    """Write a campaign that is not open yet, with all that can hang on one."""
    campaign = Campaign(
        title="尚未公开的征集",
        kind="need",
        call_text="通知",
        opens_on=today(),
        closes_on=today(),
        created_by_id=cast.dave.user_id,
    )
    file = CampaignFile(campaign=campaign, name="表.pdf", media_type="application/pdf", size=3, sha256="0" * 64)
    entry = CampaignEntry(campaign=campaign, listing=listing)
    judge = CampaignExpert(campaign=campaign, user_id=expert.user_id, organization_id=expert.organization_id)
    opinion = Opinion(entry=entry, expert=judge)
    session.add_all((campaign, file, entry, judge, opinion))
    session.flush()
    return {
        "campaign_id": (campaign.id,),
        "file_id": (file.id,),
        "entry_id": (entry.id,),
        "expert_id": (judge.id,),
        "opinion_id": (opinion.id,),
    }


def _event(session: Session, cast: Cast) -> dict[str, tuple[int, ...]]:
    """Write an event that is not announced yet, with all that can hang on one; alice is registered for it."""
    starts = utc_now() + timedelta(days=5)
    event = Event(
        kind="session",
        title="尚未公布的对接会",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        organization_id=cast.carol.organization_id,
        owner_id=cast.carol.user_id,
        slot_minutes=30,
    )
    item = AgendaItem(event=event, title="开幕", starts_at=starts, ends_at=starts + timedelta(minutes=30))
    table, person = EventTable(event=event, number=1), EventStaff(event=event, duty="host", name="主持")
    file = EventFile(event=event, name="册.pdf", media_type="application/pdf", size=3, sha256="2" * 64)
    coming = Registration(
        event=event, organization_id=cast.alice.organization_id, user_id=cast.alice.user_id, name=cast.alice.name
    )
    invitation = EventInvitation(event=event, organization_id=cast.alice.organization_id)
    rows = {
        "event_id": event,
        "item_id": item,
        "table_id": table,
        "staff_id": person,
        "event_file_id": file,
        "registration_id": coming,
        "invitation_id": invitation,
    }
    session.add_all(rows.values())
    session.flush()
    own = {name: (row.id,) for name, row in rows.items()}
    return own | _roadshow(session, cast, event, coming) | _meetings(session, event, coming, table)


def _roadshow(session: Session, cast: Cast, event: Event, coming: Registration) -> dict[str, tuple[int, ...]]:
    """Write a pitch of alice's at an event, with all that can hang on one."""
    pitch = Pitch(event=event, position=1, title="低温润滑", organization_id=cast.alice.organization_id)
    judge = Judge(event=event, user_id=cast.carol.user_id, organization_id=cast.carol.organization_id)
    tapped = PitchInterest(
        pitch=pitch, registration=coming, organization_id=cast.alice.organization_id, user_id=cast.alice.user_id
    )
    rows = {
        "interest_id": tapped,
        "pitch_id": pitch,
        "judge_id": judge,
        "sheet_id": ScoreSheet(judge=judge, pitch=pitch, state="signed", signed_at=utc_now()),
        "pitch_file_id": PitchFile(pitch=pitch, name="演.pdf", media_type="application/pdf", size=3, sha256="3" * 64),
        "follow_up_id": FollowUp(event=event, pitch=pitch, days=30, due_on=today(), owner_id=cast.carol.user_id),
    }
    session.add_all(rows.values())
    session.flush()
    return {name: (row.id,) for name, row in rows.items()}


def _meetings(session: Session, event: Event, coming: Registration, table: EventTable) -> dict[str, tuple[int, ...]]:
    """Write a meeting of the two who come, planned, agreed on and insisted on."""
    other = Registration(event=event, organization_id=event.organization_id, user_id=event.owner_id, name="柯洛")
    session.add(other)
    session.flush()
    place = {"one_id": coming.id, "other_id": other.id, "slot": 0, "table_id": table.id, "origin": "wish"}
    agreed = Appointment(event_id=event.id, starts_at=event.starts_at, ends_at=event.ends_at, **place)
    insisted = Arrangement(event_id=event.id, one_id=coming.id, other_id=other.id)
    planned = Placement(timetable=Timetable(event_id=event.id, number=1), **place)
    rows = {"appointment_id": agreed, "arrangement_id": insisted, "placement_id": planned}
    session.add_all(rows.values())
    session.flush()
    return {name: (row.id,) for name, row in rows.items()}


def _meeting(
    session: Session, other: Member, match: Match, hanging: dict[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    """Write a meeting of alice's at the event, and the deal that came of it."""
    began = utc_now() - timedelta(hours=1)
    event_id, alice_id = hanging["event_id"][0], hanging["registration_id"][0]
    partner = Registration(
        event_id=event_id, organization_id=other.organization_id, user_id=other.user_id, name=other.name
    )
    session.add(partner)
    session.flush()
    times = {"slot": 0, "starts_at": began, "ends_at": began + timedelta(minutes=30)}
    people = {"one_id": alice_id, "other_id": partner.id}
    appointment = Appointment(event_id=event_id, origin="match", match_id=match.id, state="held", **times, **people)
    session.add(appointment)
    session.flush()
    deal = Deal(
        open_key=f"match:{match.id}",
        match_id=match.id,
        appointment_id=appointment.id,
        one_organization_id=match.need.organization_id,
        other_organization_id=match.achievement.organization_id,
        next_step="寄样品",
        next_step_on=today(),
    )
    session.add(deal)
    session.flush()
    contract = Contract(
        deal=deal,
        name="合同",
        total_value=Decimal(1000),
        transaction_value=Decimal(1000),
        seller_organization_id=deal.other_organization_id,
        buyer_organization_id=deal.one_organization_id,
    )
    payment = Payment(contract=contract, planned_on=today(), planned_amount=Decimal(1000))
    session.add(payment)
    session.flush()
    contracts = {"contract_id": (contract.id,), "payment_id": (payment.id,)}
    return {
        "appointment_id": (appointment.id,),
        "deal_id": (deal.id,),
        **contracts,
        **_deal_papers(session, deal, match),
    }


def _deal_papers(session: Session, deal: Deal, match: Match) -> dict[str, tuple[int, ...]]:
    """Write what hangs on a deal, for its two sides or for alice's alone."""
    side, owner = match.need.organization_id, match.need.owner_id
    note = DealNote(deal_id=deal.id, audience="side", organization_id=side, text="底价", author_id=owner)
    file = DealFile(
        deal_id=deal.id,
        audience="side",
        organization_id=side,
        name="报价.pdf",
        media_type="application/pdf",
        size=3,
        sha256="4" * 64,
        uploaded_by_id=owner,
    )
    meeting = DealMeeting(deal_id=deal.id, held_on=today(), title="工作会")
    offer = DealOffer(deal_id=deal.id, from_user_id=owner, to_user_id=owner)
    fee = Commission(deal_id=deal.id, number=1, fee=Decimal(1000), payer_id=side)
    fee.shares = [CommissionShare(broker_id=owner, percent=Decimal(50))]
    rows = {"note_id": note, "deal_file_id": file, "meeting_id": meeting, "deal_offer_id": offer, "commission_id": fee}
    session.add_all(rows.values())
    session.flush()
    return {name: (row.id,) for name, row in rows.items()}


def _ledger(session: Session) -> dict[str, tuple[int, ...]]:
    """Write a record that waits for a second person, and a month that was closed."""
    rows = {
        "record_id": EvidenceRecord(
            indicator="envoys", on=today(), subject="名单", amount=Decimal(3), reference="1 号"
        ),
        "period_id": ClosedPeriod(year=2025, kind="month", number=1, standing_key="2025-month-1", sha256="0" * 64),
    }
    session.add_all(rows.values())
    session.flush()
    return {name: (row.id,) for name, row in rows.items()}


def _match(session: Session, need: Listing, achievement: Listing) -> Match:
    match = Match(
        need_id=need.id,
        achievement_id=achievement.id,
        score=1.0,
        probability=0.7,
        grade=2,
        terms=[],
        in_need_list=True,
        in_achievement_list=True,
        ranker="test",
        model="test",
        need_revision=1,
        achievement_revision=1,
    )
    session.add(match)
    session.flush()
    return match


def _attachment(session: Session, listing: Listing) -> Attachment:
    attachment = Attachment(
        listing_id=listing.id, name="图纸.pdf", media_type="application/pdf", size=3, sha256=f"{listing.id:064d}"
    )
    session.add(attachment)
    session.flush()
    return attachment


def _cluster(session: Session, need: Listing) -> int:
    """Return a group of the unmet-need map whose only need nobody may read of: for everybody there is none."""
    drawn = UnmetMap(grade=2, grain="medium", model="m", considered=1, waiting=0, closed=1)
    row = UnmetNeed(listing_id=need.id, revision_id=need.current.id, words=[0])
    cluster = UnmetCluster(drawn=drawn, number=1, words=[{"zh": "词"}], x=0, y=0, needs=[row])
    session.add(cluster)
    session.flush()
    return cluster.id
