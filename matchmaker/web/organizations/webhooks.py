"""An organization's group-chat robots: adding, trying, pausing, and the log of what was sent."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.notices import TOPIC_NAMES
from matchmaker.domain.people import Organization
from matchmaker.domain.webhooks import ROBOT_NAMES
from matchmaker.services.webhooks import (
    add_webhook,
    change_webhook,
    delete_webhook,
    delivery_log,
    get_webhook,
    host_of,
    list_webhooks,
    resume_webhook,
    retry_delivery,
    send_trial,
)
from matchmaker.web.access import current_actor, is_htmx, signed_in
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.webhooks import RobotForm
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load

ROOT = "/organizations/<int:organization_id>/webhooks"
ONE = ROOT + "/<int:webhook_id>"


@blueprint.get(ROOT)
@signed_in
def webhooks(organization_id: int) -> str:
    """The robots, the log, and a form for another one; htmx asks for the log only, while something waits in it."""
    organization = load(organization_id)
    if is_htmx():
        log = delivery_log(session(), current_actor(), organization)
        return render_template("organizations/_deliveries.html", organization=organization, log=log, topics=TOPIC_NAMES)
    return _page(organization, RobotForm(formdata=None))


@blueprint.post(ROOT)
@signed_in
@limiter.limit("60 per hour", key_func=by_person)
def add_robot(organization_id: int) -> tuple[str, int] | Response:
    """Add a robot."""
    organization, form = load(organization_id), RobotForm()
    try:
        if form.validate_on_submit():
            add_webhook(session(), current_actor(), organization, form.typed())
            return _done(organization, _("机器人已添加。点“测试”看看群里能否收到。"))
    except Invalid as error:
        attach_errors(form, error)
    return _page(organization, form), REFUSED


@blueprint.get(ONE)
@signed_in
def webhook(organization_id: int, webhook_id: int) -> str:
    """The form to change one."""
    organization = load(organization_id)
    robot = get_webhook(session(), current_actor(), organization, webhook_id)
    return _form_page(organization, webhook_id, RobotForm(formdata=None, obj=robot))


@blueprint.post(ONE)
@signed_in
@limiter.limit("60 per hour", key_func=by_person)
def change_robot(organization_id: int, webhook_id: int) -> tuple[str, int] | Response:
    """Change one."""
    organization, form = load(organization_id), RobotForm()
    try:
        if form.validate_on_submit():
            change_webhook(session(), current_actor(), organization, webhook_id, form.typed())
            return _done(organization, _("已保存。"))
    except Invalid as error:
        attach_errors(form, error)
    return _form_page(organization, webhook_id, form), REFUSED


@blueprint.post(ONE + "/test")
@signed_in
@limiter.limit("30 per hour", key_func=by_person)
def try_robot(organization_id: int, webhook_id: int) -> Response:
    """Write a message that says that it is a trial."""
    organization = load(organization_id)
    send_trial(session(), current_actor(), organization, webhook_id)
    return _done(organization, _("测试消息已排队，结果几秒后显示在下面的发送记录里。"))


@blueprint.post(ONE + "/resume")
@signed_in
def resume_robot(organization_id: int, webhook_id: int) -> Response:
    """Switch one on again."""
    organization = load(organization_id)
    resume_webhook(session(), current_actor(), organization, webhook_id)
    return _done(organization, _("已恢复推送，积压的消息会依次补发。"))


@blueprint.post(ONE + "/delete")
@signed_in
def delete_robot(organization_id: int, webhook_id: int) -> Response:
    """Take one away."""
    organization = load(organization_id)
    delete_webhook(session(), current_actor(), organization, webhook_id)
    return _done(organization, _("机器人已删除，地址和密钥已清除。"))


@blueprint.post(ONE + "/deliveries/<int:delivery_id>/retry")
@signed_in
def retry_message(organization_id: int, webhook_id: int, delivery_id: int) -> Response:
    """Send a message again that was given up or waits."""
    organization = load(organization_id)
    retry_delivery(session(), current_actor(), organization, webhook_id, delivery_id)
    return _done(organization, _("已重新排队。"))


def _done(organization: Organization, text: str) -> Response:
    flash(text, "success")
    return redirect(url_for("organizations.webhooks", organization_id=organization.id), 303)


def _page(organization: Organization, form: RobotForm) -> str:
    actor = current_actor()
    return render_template(
        "organizations/webhooks.html",
        organization=organization,
        robots=list_webhooks(session(), actor, organization),
        log=delivery_log(session(), actor, organization),
        form=form,
        host_of=host_of,
        topics=TOPIC_NAMES,
        robot_names=ROBOT_NAMES,
    )


def _form_page(organization: Organization, webhook_id: int, form: RobotForm) -> str:
    robot = get_webhook(session(), current_actor(), organization, webhook_id)
    return render_template(
        "organizations/webhook.html", organization=organization, robot=robot, form=form, host=host_of(robot)
    )
