"""How I am told by e-mail, and leaving a kind of mail without log-in."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import NotFound
from matchmaker.domain.notices import PACE_NAMES, TOPIC_NAMES, NoticeTopic
from matchmaker.services.accounts import own_user
from matchmaker.services.preferences import paces_of, save_paces
from matchmaker.services.unsubscribing import UnsubscribeLinks, scope_name
from matchmaker.services.unsubscribing import unsubscribe as leave_mails
from matchmaker.web.access import current_actor, public, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import limiter
from matchmaker.web.security import csrf

blueprint = Blueprint("preferences", __name__)

EXPLANATIONS = {
    NoticeTopic.LISTING: _l("经纪人代拟待确认、客户答复、内容结束"),
    NoticeTopic.REVIEW: _l("审核通过或退回修改"),
    NoticeTopic.MATCH: _l("我的内容有了新的“较强”以上匹配，或经纪人向我推荐"),
    NoticeTopic.INTEREST: _l("对方对我的内容感兴趣，或双方都感兴趣"),
    NoticeTopic.QUESTION: _l("别人向我提问，或答复了我的提问"),
    NoticeTopic.ORGANIZATION: _l("单位成员、核实和机器人推送的变化"),
    NoticeTopic.IMPORT: _l("批量导入、导出完成或出错"),
    NoticeTopic.CAMPAIGN: _l("征集通知、截止提醒和遴选结果"),
    NoticeTopic.EVENT: _l("活动邀请、报名结果、开始前的提醒和时间变动"),
    NoticeTopic.EXPIRY: _l("内容快到有效期"),
    NoticeTopic.FORWARD: _l("同事或技转中心转给我的需求，以及答复"),
    NoticeTopic.SEARCH: _l("保存的搜索和关注的领域有了新内容"),
    NoticeTopic.SYSTEM: _l("平台维护等公告"),
}


@blueprint.get("/notices/preferences")
@signed_in
def index() -> str:
    """What I chose for each topic."""
    user = own_user(session(), current_actor())
    return render_template(
        "preferences/index.html",
        user=user,
        paces=paces_of(session(), user.id),
        topics=TOPIC_NAMES,
        pace_names=PACE_NAMES,
        explanations=EXPLANATIONS,
    )


@blueprint.post("/notices/preferences")
@signed_in
def save() -> Response:
    """Change them."""
    chosen = {topic: request.form[topic] for topic in TOPIC_NAMES if topic in request.form}
    save_paces(session(), current_actor(), chosen)
    flash(_("通知设置已保存。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/unsubscribe/<string:token>")
@public
@limiter.limit("600 per hour")  # mail providers post for many people from a few addresses
def ask(token: str) -> tuple[str, int] | str:
    """What leaving means, and a button: a mail program that only looks at links changes nothing."""
    try:
        _user, scope = _links().read(session(), token)
    except NotFound as error:
        return _void(error)
    return render_template("preferences/unsubscribe.html", token=token, name=scope_name(scope), done=False)


@blueprint.post("/unsubscribe/<string:token>")
@public
@limiter.limit("600 per hour")  # mail providers post for many people from a few addresses
def unsubscribe(token: str) -> tuple[str, int] | str:
    """Leave: by the button, or by the mail program itself (RFC 8058), which has neither cookie nor form token."""
    try:
        scope = leave_mails(session(), token, _links())
    except NotFound as error:
        return _void(error)
    return render_template("preferences/unsubscribe.html", token=token, name=scope_name(scope), done=True)


csrf.exempt(unsubscribe)


def _links() -> UnsubscribeLinks:
    secret = current_app.secret_key
    assert isinstance(secret, bytes), "set from the kept key"  # noqa: S101
    return UnsubscribeLinks(secret, lambda token: url_for("preferences.ask", token=token))


def _void(error: NotFound) -> tuple[str, int]:
    return render_template("preferences/void.html", error=error), 404
