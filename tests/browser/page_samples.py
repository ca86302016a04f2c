"""One thing of each kind that a page can be about, and what its addresses' parts stand for."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.duplicates import Duplicate
from matchmaker.domain.event_invitations import EventInvitation
from matchmaker.domain.imports import Import
from matchmaker.domain.judgements import GradingBatch, SampledPair
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.people import Organization, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.questions import Question
from matchmaker.domain.saved_searches import SavedSearchHit
from matchmaker.search.indicators import read_text
from matchmaker.services.appointments.ratings import Said
from matchmaker.services.appointments.recording import say
from matchmaker.services.campaigns.entries import enter
from matchmaker.services.campaigns.experts import assign
from matchmaker.services.commissions import ShareRow, propose_commission
from matchmaker.services.contracts.notes import write_contract_note
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.deals.confidentiality import send_confidentiality
from matchmaker.services.deals.meetings import record_meeting
from matchmaker.services.deals.notes import write_note
from matchmaker.services.events.agenda import AgendaLine, add_item
from matchmaker.services.events.staffing import StaffLine, add_staff
from matchmaker.services.exports.exporting import order_export
from matchmaker.services.imports.files import store_list
from matchmaker.services.imports.stages import begin_import, choose_columns, run_import
from matchmaker.services.ledger.periods import close_period
from matchmaker.services.ledger.records import enter_record
from matchmaker.services.ledger.target_setting import set_targets
from matchmaker.services.minutes import save_minutes
from matchmaker.services.notices import tell
from matchmaker.services.reading.moments import written_moment
from matchmaker.services.roadshows.interest import tap
from matchmaker.services.saved_searches import save_search
from matchmaker.services.searching import SearchRequest
from matchmaker.services.webhooks import WebhookForm, add_webhook, send_trial
from tests.appointments import make_meeting
from tests.browser.conftest import Site
from tests.campaigns import make_branch, make_campaign, make_entry, make_expert
from tests.cast import Cast
from tests.contracts import make_contract, make_registered
from tests.deals import make_deal
from tests.drafts import make_draft
from tests.events import make_event, make_registration
from tests.ledger import a_record, make_approved
from tests.pairs import post, publish
from tests.roadshows import invite, make_pitch
from tests.running import run_jobs
from tests.web.world import make_drawn_pair, make_inside


@dataclass(frozen=True, slots=True)
class Sample:
    """What the addresses' parts stand for, one set for each thing that a page can be about."""

    values: dict[str, int]
    kind: str = "need"


def make_samples(site: Site) -> tuple[Sample, ...]:
    """Return a published need with a match, a draft, and a submitted need; the last two are written here."""
    with site.database.transaction() as session:
        others = _draft(session, site.cast), _submitted(session, site.cast)
        told = _told(session, site.cast) | _campaign(session, site.cast) | _question(session, site.cast)
        told |= _event(session, site.cast) | _ledger(session, site.cast)
        told |= {"pair_id": _drawn_pair(session, site.cast)}
        met = _met(session, site.cast)
        inside = {name: ids[0] for name, ids in make_inside(session, site.cast.alice, site.cast.mallory).items()}
    own = {"organization_id": site.cast.alice.organization_id, **inside}
    published = {"listing_id": 1, "match_id": 1, **own, **met, **told}
    first, *rest = _imports(site)
    more = [
        each | {"listing_id": listing_id, "event_id": met["event_id"]}
        for each, listing_id in zip(rest, others, strict=True)
    ]
    return Sample(published | first), *(Sample(published | each) for each in more)


def _imports(site: Site) -> list[dict[str, int]]:
    """Upload three lists of alice's and export hers: one is read, one waits for its preview, one is done."""
    member, found = site.cast.alice, list[dict[str, int]]()
    header, row = "需求名称,公开摘要,技术需求,技术领域,合作方式", "{},摘要,正文,{},委托开发"
    for field in ("农业", "炼金术", "炼金术"):
        text = "\n".join((header, row.format("涂层", field), row.format("轴承", "农业")))
        stored = store_list(site.settings.data, "清单.csv", BytesIO(text.encode()), 10_000)
        with site.database.transaction() as session:
            job_id = order_export(session, member.actor, "need", "csv").id
            found.append({"import_id": begin_import(session, member.actor, "need", stored).id, "job_id": job_id})
    run_jobs(site.settings, site.database)
    for stage in (choose, run):
        for each in found[1:] if stage is choose else found[2:]:
            with site.database.transaction() as session:
                stage(session, member.actor, session.get_one(Import, each["import_id"]))
        run_jobs(site.settings, site.database)
    return found


def choose(session: Session, actor: Actor, found: Import) -> None:
    """Take the columns as they were found."""
    columns = (found.findings or {})["columns"]
    choose_columns(session, actor, found, columns, arrival="submitted", visibility="public")


def run(session: Session, actor: Actor, found: Import) -> None:
    """Begin writing."""
    run_import(session, actor, found, declared=True)


def _draft(session: Session, cast: Cast) -> int:
    # Its public text tells who posts it, which the form and the submission say.
    return make_draft(session, cast.alice, visibility="anonymous", abstract="请拨 0991-3812345 联系王工。").id


def _submitted(session: Session, cast: Cast) -> int:
    problem = (
        "戈壁滩砂质土壤保水差，滴灌带堵塞严重，需要抗堵塞、耐紫外线、可以机械回收的滴灌系统，每亩投入不超过一千元。"
    )
    original = publish(session, cast.alice, "need", "戈壁滴灌抗堵塞", problem=problem)
    listing: Listing = post(session, cast.mallory, "need", "戈壁滩节水滴灌", problem=problem)
    session.add(Duplicate(first_id=original.id, second_id=listing.id, share=0.9))
    assert listing.state == ListingState.SUBMITTED
    return listing.id


def _drawn_pair(session: Session, cast: Cast) -> int:
    """Draw a pair that two graded far apart, and one that waits."""
    need, achievement = (
        publish(session, cast.alice, "need", "叶片除冰"),
        publish(session, cast.bob, "achievement", "涂层"),
    )
    other = publish(session, cast.bob, "achievement", "电加热")
    session.add(SampledPair(batch=GradingBatch(seed=2, asked_for=1), need=need, achievement=other, drawn_for="hidden"))
    return make_drawn_pair(session, cast, need, achievement)


def _told(session: Session, cast: Cast) -> dict[str, int]:
    """Give alice an unread notice, a saved search that found something, and a robot with a message on its way."""
    alice = session.get_one(User, cast.alice.user_id)
    notice = tell(session, alice, topic="review", title="已发布：《叶片除冰》", body="审核已通过。", path="/needs/1")
    assert notice is not None
    search = save_search(session, cast.alice.actor, SearchRequest(text="除冰", field="energy"))
    session.add(SavedSearchHit(user_id=alice.id, listing_id=2, search_id=search.id))
    organization = session.get_one(Organization, cast.alice.organization_id)
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1"
    form = WebhookForm("技转中心群", "wecom", address, "", ("review", "interest"))
    robot = add_webhook(session, cast.alice.actor, organization, form)
    send_trial(session, cast.alice.actor, organization, robot.id)
    return {"notice_id": notice.id, "search_id": search.id, "webhook_id": robot.id}


def _campaign(session: Session, cast: Cast) -> dict[str, int]:
    """Open a campaign with a branch, an entry of alice that bob judges, and a draft of hers."""
    branch = make_branch(session)
    campaign = make_campaign(session, cast.dave, quotas={branch.id: "3"})
    entry = make_entry(session, campaign, cast.alice, title="井下救援通信")
    enter(session, cast.alice.actor, campaign, make_draft(session, cast.alice, title="没写完的需求"))
    expert = make_expert(session, cast, campaign, cast.bob)
    opinion = assign(session, cast.dave.actor, campaign, entry, expert.id)
    return {"campaign_id": campaign.id, "entry_id": entry.id, "expert_id": expert.id, "opinion_id": opinion.id}


def _event(session: Session, cast: Cast) -> dict[str, int]:
    """Write a session of carol's with all that belongs to one; alice and bob come, mallory asks to."""
    event = make_event(session, cast.carol.actor, tables=2, capacity=20, fields=["energy"], contact="柯洛 0991-1")
    later = event.starts_at + timedelta(hours=1)
    opening = {"starts_at": written_moment(event.starts_at), "ends_at": written_moment(later)}
    item = add_item(
        session, cast.carol.actor, event, AgendaLine(title="开幕", speaker="戴维", room="一号厅", **opening)
    )
    interpreter = StaffLine(duty="interpreter", name="阿依努尔", languages=("ru", "kk"))
    person = add_staff(session, cast.carol.actor, event, interpreter)
    make_registration(session, event, cast.bob)
    make_registration(session, event, cast.mallory, "requested", note="想看设备")
    invitation = EventInvitation(
        event_id=event.id, organization_id=cast.alice.organization_id, listing_id=1, topic="新能源", message="欢迎来！"
    )
    session.add(invitation)
    session.flush()
    coming = make_registration(session, event, cast.alice, speaks_chinese=False, languages=["ru"], arrives_at=later)
    pitch = make_pitch(session, cast, event, cast.bob, "低温启动电源")
    make_pitch(session, cast, event, cast.bob, "免水除尘机器人")
    invite(session, cast, event, cast.carol)
    tap(session, cast.alice.actor, event, pitch)
    return {
        "pitch_id": pitch.id,
        "event_id": event.id,
        "invitation_id": invitation.id,
        "item_id": item.id,
        "staff_id": person.id,
        "table_id": event.tables[0].id,
        "registration_id": coming.id,
    }


def _ledger(session: Session, cast: Cast) -> dict[str, int]:
    """Approve one record of last year, let another wait, and close a quarter before which a third came late."""
    year = today().year - 1
    erin = replace(cast.erin.actor, role=Role.BUREAU)
    for month, name in ((2, "第一批科技特派员"), (5, "第二批科技特派员")):
        draft = a_record(on=f"{year}-{month:02}-10", subject=name)
        make_approved(session, erin, cast.dave.actor, draft)
    set_targets(session, cast.dave.actor, "envoys", year, {(None, 0): "30", (None, 1): "10", (None, 2): "25"})
    closed = close_period(session, cast.dave.actor, Period(year, PeriodKind.QUARTER, 1))
    make_approved(session, erin, cast.dave.actor, a_record(on=f"{year}-03-31", subject="补报的科技特派员"))
    waiting = enter_record(session, erin, a_record(on=f"{year}-06-30", subject="第三批科技特派员"))
    return {"record_id": waiting.id, "period_id": closed.id}


def _question(session: Session, cast: Cast) -> dict[str, int]:
    """Let carol ask bob about an indicator of alice's need."""
    question = Question(
        match_id=1,
        key="0" * 16,
        field="problem",
        indicator=read_text("覆冰附着强度不大于30kPa", is_need=True)[0].as_dict(),
        asking_organization_id=cast.carol.organization_id,
        asked_by_id=cast.carol.user_id,
        answering_organization_id=cast.bob.organization_id,
    )
    session.add(question)
    session.flush()
    return {"question_id": question.id}


def _met(session: Session, cast: Cast) -> dict[str, int]:
    """Let alice have met bob at an event of carol's, rate it, write minutes, and have a deal."""
    meeting = make_meeting(session, cast)
    step = {"next_step": "寄三块叶片试样", "next_step_on": today().isoformat()}
    say(session, cast.alice.actor, meeting.id, Said("met", "5", "中试条件具备。", "continue"), **step)
    save_minutes(session, cast.alice.actor, meeting.id, "三月启动中试，费用各半。", seen=0)
    deal = open_for_appointment(session, cast.carol.actor, meeting.id, **step)
    write_note(session, cast.alice.actor, deal.id, "底价先不说。", "side")
    write_note(session, cast.carol.actor, deal.id, "双方都愿意先做小试。", "all")
    send_confidentiality(session, cast.carol.actor, deal.id, sent_on=today().isoformat())
    worked = record_meeting(session, cast.alice.actor, deal.id, held_on=today().isoformat(), title="中试方案讨论")
    make_deal(session, cast, owner_id=None, value_expected=Decimal("3200000"))
    return _signed(session, cast, deal) | {
        "event_id": meeting.event_id,
        "appointment_id": meeting.id,
        "deal_id": deal.id,
        "meeting_id": worked.id,
    }


def _signed(session: Session, cast: Cast, deal: Deal) -> dict[str, int]:
    """Let a contract of a deal be written that looks like one registered before, with a note and a fee for carol."""
    make_registered(session, cast, make_deal(session, cast, title="已登记的合作"))
    contract = make_contract(session, cast, deal)
    write_contract_note(session, cast.bob.actor, contract.id, "发票和扣除项请财务再核一遍。", "office")
    shares = [ShareRow(str(cast.carol.user_id), "60")]
    propose_commission(session, cast.carol.actor, deal.id, number=0, fee="30000", payer="one", shares=shares)
    return {"contract_id": contract.id}
