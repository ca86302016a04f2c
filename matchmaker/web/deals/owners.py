"""Who follows a deal up: given by the desk, offered from broker to broker, and the queue of those without anybody."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.people import Role
from matchmaker.services.deals import brokers_at_work, hand_over_deal
from matchmaker.services.deals.lists import unowned_deals
from matchmaker.services.deals.offers import decline_offer, offer_deal, offers_to, recall_offer, take_offer
from matchmaker.web.access import current_actor, role_required, signed_in
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint, to_deal
from matchmaker.web.deals.pages import shown_again
from matchmaker.web.limits import by_person, limiter

Answer = Response | tuple[str, int]


@blueprint.get("/deals/unowned")
@role_required(Role.BUREAU)
def unowned() -> str:
    """Deals that wait for a broker."""
    page = unowned_deals(session(), current_actor(), page_number())
    return render_template("deals/unowned.html", page=page, brokers=brokers_at_work(session()))


@blueprint.post("/deals/<int:deal_id>/owner")
@signed_in
@limiter.limit("240/hour", key_func=by_person)
def hand_over(deal_id: int) -> Answer:
    """Give it to a broker."""
    form = request.form
    to = number_of(form.get("to_user_id")) or 0
    try:
        hand_over_deal(session(), current_actor(), deal_id, to, version=number_of(form.get("version")) or 0)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    if form.get("queue"):
        flash(_("已指定负责人，对方会收到通知。"), "success")
        return redirect(url_for(".unowned"), 303)
    return to_deal(deal_id, _("已指定负责人，对方会收到通知。"))


@blueprint.get("/deals/offers")
@signed_in
def offers() -> str:
    """Deals that other brokers offer to the viewer."""
    return render_template("deals/offers.html", offers=offers_to(session(), current_actor()))


@blueprint.post("/deals/<int:deal_id>/offer")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def offer(deal_id: int) -> Answer:
    """Offer it to another broker."""
    form = request.form
    to, version = (number_of(form.get(name)) or 0 for name in ("to_user_id", "version"))
    try:
        offer_deal(session(), current_actor(), deal_id, to, version=version, note=form.get("note", ""))
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("已提出移交，对方接受之前仍由您负责。"))


@blueprint.post("/deals/offers/<int:deal_offer_id>/take")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def take(deal_offer_id: int) -> Response:
    """Take a deal over."""
    deal = take_offer(session(), current_actor(), deal_offer_id)
    return to_deal(deal.id, _("现在由您负责这个项目。请确认下一步。"))


@blueprint.post("/deals/offers/<int:deal_offer_id>/decline")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def decline(deal_offer_id: int) -> Response:
    """Leave a deal to its broker."""
    decline_offer(session(), current_actor(), deal_offer_id, answer=request.form.get("answer", ""))
    flash(_("已谢绝，对方会收到通知。"), "success")
    return redirect(url_for(".offers"), 303)


@blueprint.post("/deals/offers/<int:deal_offer_id>/recall")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def recall(deal_offer_id: int) -> Response:
    """Take one's own offer back."""
    deal = recall_offer(session(), current_actor(), deal_offer_id)
    return to_deal(deal.id, _("已收回移交。"))
