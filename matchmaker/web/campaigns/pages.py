"""What everybody sees of campaigns: the list, the call, its files."""

from flask import Response, render_template

from matchmaker.domain.listings import Listing
from matchmaker.services.campaigns.entries import own_entries, own_entry
from matchmaker.services.campaigns.files import campaign_files, get_file
from matchmaker.services.campaigns.finding import CampaignCard, card_of, list_campaigns, open_campaigns
from matchmaker.services.uploads import ACCEPTED
from matchmaker.web.access import current_actor, public
from matchmaker.web.campaigns.blueprint import blueprint, load
from matchmaker.web.database import session
from matchmaker.web.stored_files import handed_out


@blueprint.get("/campaigns")
@public
def index() -> str:
    """Every campaign that the viewer may know of."""
    return render_template("campaigns/index.html", cards=list_campaigns(session(), current_actor()))


@blueprint.get("/campaigns/<int:campaign_id>")
@public
def detail(campaign_id: int) -> str:
    """The call: what is wanted, until when, and how to enter something."""
    campaign = load(campaign_id)
    return render_template(
        "campaigns/detail.html",
        campaign=campaign,
        card=card_of(session(), campaign),
        files=campaign_files(session(), campaign),
        own=own_entries(session(), current_actor(), campaign),
        accepted=ACCEPTED,
    )


@blueprint.get("/campaign-files/<int:file_id>")
@public
def download(file_id: int) -> Response:
    """Hand out a file of a call as a download."""
    file = get_file(session(), current_actor(), file_id)
    return handed_out(file.sha256, file.media_type, file.name)


@blueprint.app_template_global("open_campaigns")
def open_cards(kind: str | None = None) -> tuple[CampaignCard, ...]:
    """Return the campaigns that take entries now, for `{% include "campaigns/_open.html" %}`."""
    return open_campaigns(session(), kind)


@blueprint.app_template_global("campaign_entry_of")
def campaign_entry_of(listing: Listing) -> object:
    """Return the entry of a listing where the viewer belongs to its side or runs campaigns, else None."""
    return own_entry(session(), current_actor(), listing)
