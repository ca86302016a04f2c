"""The owner's page of a listing: what was opened to whom, and who read what is not open to all."""

from flask import Blueprint, render_template

from matchmaker.domain.disclosures import Way
from matchmaker.domain.language import N_
from matchmaker.services.listings import get_own_listing
from matchmaker.services.reading_log import LAYER_NAMES, reading_log
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session

blueprint = Blueprint("readings", __name__)

WAY_NAMES = {
    Way.PAGE: N_("详情页"),
    Way.LIST: N_("列表或搜索"),
    Way.MATCH: N_("匹配对照页"),
    Way.FILE: N_("下载附件"),
    Way.EXPORT: N_("导出文件"),
    Way.REVIEW: N_("审核"),
    Way.SCREENING: N_("专家评审"),
}


@blueprint.get("/listings/<int:listing_id>/readers")
@signed_in
def index(listing_id: int) -> str:
    """What was opened of one's own listing, and who has read it."""
    listing = get_own_listing(session(), current_actor(), listing_id)
    log = reading_log(session(), current_actor(), listing, page_number())
    return render_template("readings/index.html", listing=listing, log=log, ways=WAY_NAMES, layers=LAYER_NAMES)
