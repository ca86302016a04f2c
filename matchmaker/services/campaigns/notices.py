"""What people are told of a campaign."""

from sqlalchemy.orm import Session

from matchmaker.domain.campaigns import Campaign, CampaignEntry, CampaignExpert
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.services.notices import tell


def tell_invited(session: Session, expert: CampaignExpert) -> None:
    """Tell somebody that he is to judge entries of a campaign."""
    title = Sentence(N_("邀请您担任《%(title)s》的评审专家"), title=expert.campaign.title)
    body = Sentence(
        N_("科技局邀请您评审征集到的内容。分配给您的项目会出现在“专家评审”中，报送单位不会知道评审人是谁。")
    )
    _tell(session, expert.user, title, body, "/screening")


def tell_asked(session: Session, expert: CampaignExpert, count: int) -> None:
    """Tell an expert how many entries wait for his opinion."""
    title = Sentence(N_("《%(title)s》有 %(count)d 项等您评审"), title=expert.campaign.title, count=count)
    body = Sentence(N_("请在“专家评审”中逐项阅读并给出意见。如与报送单位有利害关系，请选择回避。"))
    _tell(session, expert.user, title, body, "/screening")


def tell_decided(session: Session, entry: CampaignEntry, is_in: bool) -> None:
    """Tell owner and broker what became of their entry, and the advice; never who the experts were."""
    values = {"listing": entry.listing.current.title, "campaign": entry.campaign.title}
    if is_in:
        title = Sentence(N_("《%(listing)s》入选“%(campaign)s”"), **values)
        body = Sentence(N_("专家评审已通过，内容已经发布。\n\n%(advice)s"), advice=entry.advice or "")
    else:
        title = Sentence(N_("《%(listing)s》未入选“%(campaign)s”"), **values)
        body = Sentence(N_("评审意见：\n\n%(advice)s"), advice=entry.advice or "")
    for person in (entry.listing.owner, entry.listing.broker):
        _tell(session, person, title, body, f"/{entry.listing.kind}s/{entry.listing_id}")


def tell_cancelled(session: Session, campaign: Campaign, person: User | None) -> None:
    """Tell somebody who entered something that the campaign is cancelled, and why."""
    title = Sentence(N_("征集活动《%(title)s》已取消"), title=campaign.title)
    body = Sentence(
        N_("取消原因：%(reason)s\n\n您报送的内容不受影响，可以照常发布。"), reason=campaign.cancel_reason or ""
    )
    _tell(session, person, title, body, f"/campaigns/{campaign.id}")


def remind_branch(session: Session, campaign: Campaign, person: User, collected: int, quota: int) -> None:
    """Remind a branch of what is still to be collected."""
    title = Sentence(N_("《%(title)s》将于 %(day)s 截止"), title=campaign.title, day=campaign.closes_on.isoformat())
    body = Sentence(
        N_("贵分中心的任务是 %(quota)d 项，已提交 %(collected)d 项，还差 %(left)d 项。请提醒辖区单位尽快报送。"),
        quota=quota,
        collected=collected,
        left=max(0, quota - collected),
    )
    _tell(session, person, title, body, f"/campaigns/{campaign.id}/progress")


def remind_owner(session: Session, entry: CampaignEntry) -> None:
    """Remind owner and broker that an entry is still a draft."""
    title = Sentence(
        N_("《%(title)s》将于 %(day)s 截止，您还有草稿没有提交"),
        title=entry.campaign.title,
        day=entry.campaign.closes_on.isoformat(),
    )
    body = Sentence(
        N_("“%(listing)s”还没有提交审核。截止之前提交才能参加评审。"),
        listing=entry.listing.current.title or N_("（尚未命名）"),
    )
    for person in (entry.listing.owner, entry.listing.broker):
        _tell(session, person, title, body, f"/listings/{entry.listing_id}/edit")


def _tell(session: Session, person: User | None, title: str, body: str, path: str) -> None:
    tell(session, person, topic=NoticeTopic.CAMPAIGN, title=title, body=body, path=path)
