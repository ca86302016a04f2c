"""The organiser's table of registrations: finding, deciding, entering at the desk, taking along as a file."""

import io
from typing import Any

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.registrations import RegistrationState
from matchmaker.services.events.attendee_sheet import FORMATS, attendee_file
from matchmaker.services.events.attendees import SORTS, AttendeeFilter, attendee_page
from matchmaker.services.events.deciding import accept, decline
from matchmaker.services.events.registering import register_at_desk
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import OVERTAKEN, PLANNERS, REFUSED, load_run
from matchmaker.web.forms.registrations import RegistrationForm
from matchmaker.web.registrations.blueprint import blueprint


@blueprint.get("/events/<int:event_id>/registrations")
@role_required(*PLANNERS)
def table(event_id: int) -> str:
    """The table."""
    return _table(load_run(event_id))


@blueprint.post("/events/<int:event_id>/registrations")
@role_required(*PLANNERS)
def decide(event_id: int) -> Response:
    """Accept or decline one or many."""
    event, action = load_run(event_id), request.form.get("action", "")
    ids = [number_of(text) or 0 for text in request.form.getlist("registration_id")]
    if action == "accept":
        made = accept(session(), current_actor(), event, ids)
    elif action == "decline":
        made = decline(session(), current_actor(), event, ids, request.form.get("reason", ""))
    else:
        raise Invalid(N_("请选择要进行的操作。"))
    name = _("确认") if action == "accept" else _("谢绝")
    parts = [_("%(action)s %(count)s 人", action=name, count=made.done)] if made.done else []
    parts += [_("%(count)s 人因名额已满进入候补", count=made.waiting)] if made.waiting else []
    parts += [_("%(count)s 人状态没有变化", count=made.skipped)] if made.skipped else []
    flash(_("已处理：%(parts)s。", parts=_("；").join(parts)), "success")
    return _to_table(event_id)


@blueprint.get("/events/<int:event_id>/registrations/new")
@role_required(*PLANNERS)
def desk(event_id: int) -> str:
    """The form for somebody without an account."""
    return _desk(load_run(event_id), RegistrationForm())


@blueprint.post("/events/<int:event_id>/registrations/new")
@role_required(*PLANNERS)
def enter(event_id: int) -> Response | tuple[str, int]:
    """Register somebody without an account."""
    event, form = load_run(event_id), RegistrationForm()
    try:
        made = register_at_desk(session(), current_actor(), event, form.enrolment(), form.organization.data or "")
    except Invalid as error:
        form.show(error)
        return _desk(event, form), REFUSED
    except Conflict as error:
        form.show(error)
        return _desk(event, form), OVERTAKEN
    is_in = made.state == RegistrationState.ACCEPTED
    flash(
        _("已登记 %(name)s。", name=made.name) if is_in else _("名额已满，%(name)s 已进入候补。", name=made.name),
        "success",
    )
    return _to_table(event_id)


@blueprint.get("/events/<int:event_id>/registrations-file")
@role_required(*PLANNERS)
def file(event_id: int) -> FileResponse:
    """The table as a file."""
    event = load_run(event_id)
    kind = request.args.get("format", "")
    kind = kind if kind in FORMATS else FORMATS[0]
    written = attendee_file(session(), current_actor(), event, _wanted(), kind)
    name = _("报名名单_%(title)s", title=event.title)
    return send_file(
        io.BytesIO(written), mimetype=MEDIA_TYPES[kind], as_attachment=True, download_name=f"{name}.{kind}"
    )


def _to_table(event_id: int) -> Response:
    args: dict[str, Any] = {name: request.form[name] for name in ("state", "q", "sort") if request.form.get(name)}
    return redirect(url_for("registrations.table", event_id=event_id, **args), 303)


def _wanted() -> AttendeeFilter:
    state, sort = request.args.get("state", ""), request.args.get("sort", "")
    return AttendeeFilter(
        state=state if state in set(RegistrationState) else "",
        text=request.args.get("q", ""),
        interpreter=request.args.get("interpreter") == "1",
        sort=sort if sort in SORTS else SORTS[0],
    )


def _args(wanted: AttendeeFilter) -> dict[str, str]:
    args = {
        "state": wanted.state,
        "q": wanted.text,
        "interpreter": "1" if wanted.interpreter else "",
        "sort": "" if wanted.sort == SORTS[0] else wanted.sort,
    }
    return {name: value for name, value in args.items() if value}


def _table(event: Event) -> str:
    wanted = _wanted()
    return render_template(
        "registrations/table.html",
        event=event,
        wanted=wanted,
        page=attendee_page(session(), current_actor(), event, wanted, page_number()),
        args=_args(wanted),
        states=list(RegistrationState),
        sorts={"first": _("报名先后"), "last": _("最近报名"), "name": _("姓名"), "organization": _("单位")},
    )


def _desk(event: Event, form: RegistrationForm) -> str:
    return render_template("registrations/desk.html", event=event, form=form)
