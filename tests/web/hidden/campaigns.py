"""A campaign that is not open yet."""

from sqlalchemy.orm import Session

from matchmaker.domain.campaigns import Campaign, CampaignEntry, CampaignExpert, CampaignFile, Opinion
from matchmaker.domain.days import today
from matchmaker.domain.listings import Listing
from tests.cast import Cast, Member
from tests.web.hidden.rows import Ids


def make_campaign(session: Session, cast: Cast, listing: Listing, expert: Member) -> Ids:
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
