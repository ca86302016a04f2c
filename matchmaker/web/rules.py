"""Rules that change with time: what holds, what held, writing what comes; days other than the calendar says."""

from datetime import date
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response
from wtforms import Field

from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Role
from matchmaker.domain.rules import RuleCode
from matchmaker.domain.working_days import DueDay, last_published_year
from matchmaker.services.rules.views import count_days, excepted_days, rule_view, rule_views
from matchmaker.services.rules.writing import RATES, except_day, forget_day, require_keeper, write_rule
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.formatting import money, number
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.rules import DayForm, RuleForm

blueprint = Blueprint("rules", __name__)

REFUSED = 422
MONEY = frozenset({RuleCode.EXPERT_LIMIT, RuleCode.TRANSFER_EXEMPT})


@blueprint.app_template_filter()
def rule_amount(value: Decimal, code: str) -> str:
    """Write a value of a rule as people say it: 500 万元, 25%, 15 个工作日."""
    if code in MONEY:
        return money(value)
    if code in RATES:
        return f"{number((value * 100).normalize() + 0)}%"
    if code == RuleCode.DECISION_DAYS:
        return str(_("%(days)s 个工作日", days=number(value)))
    if code == RuleCode.EXPERT_DAYS:
        return str(_("%(days)s 日", days=number(value)))
    return f"{value:f}"


@blueprint.get("/rules")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """What holds today."""
    return render_template(
        "rules/index.html",
        rules=rule_views(session(), current_actor(), today()),
        published=last_published_year(),
        excepted=len(excepted_days(session(), current_actor())),
    )


@blueprint.get("/rules/<string:code>")
@role_required(Role.BUREAU, Role.ADMIN)
def detail(code: str) -> str:
    """One rule: its values, and the form of the next."""
    return _rule(code, RuleForm(formdata=None))


@blueprint.post("/rules/<string:code>")
@role_required(Role.BUREAU)
def write(code: str) -> Response | tuple[str, int]:
    """Write what a rule says from a day on; what was typed is shown again where it is refused."""
    shown = rule_view(session(), current_actor(), code, today())
    require_keeper(current_actor())
    form = RuleForm()
    try:
        write_rule(
            session(),
            current_actor(),
            shown.code,
            value=form.value.data or "",
            valid_from=_typed(form.valid_from),
            source=form.source.data or "",
            is_verified=bool(form.is_verified.data),
        )
    except Invalid as error:
        attach_errors(form, error)
        return _rule(code, form), REFUSED
    flash(_("已写入。已经按原规则判断过的合同不受影响。"), "success")
    return redirect(url_for(".detail", code=code), 303)


@blueprint.get("/rules/working-days")
@role_required(Role.BUREAU, Role.ADMIN)
def days() -> str | tuple[str, int]:
    """The calendar: how far it is published, which days are other, and a count over it."""
    asked = {name: request.args.get(name, "") for name in ("start", "days")}
    try:
        return _days(DayForm(formdata=None), asked, count_days(session(), **asked), {})
    except Invalid as error:
        return _days(DayForm(formdata=None), asked, None, error.errors), REFUSED


@blueprint.post("/rules/working-days")
@role_required(Role.BUREAU)
def add_day() -> Response | tuple[str, int]:
    """Say that a day is worked, or not."""
    require_keeper(current_actor())
    form = DayForm()
    try:
        except_day(
            session(),
            current_actor(),
            _typed(form.on),
            is_working=bool(form.works.data),
            note=form.note.data or "",
        )
    except Invalid as error:
        attach_errors(form, error)
        return _days(form, {}, None, {}), REFUSED
    flash(_("已登记。以后计算的期限按此办理。"), "success")
    return redirect(url_for(".days"), 303)


@blueprint.post("/rules/working-days/<int:ordinal>/forget")
@role_required(Role.BUREAU)
def forget(ordinal: int) -> Response:
    """Take back what was said of a day, by its number."""
    forget_day(session(), current_actor(), date.fromordinal(min(max(ordinal, 1), date.max.toordinal())))
    flash(_("已取消，这一天重新按日历计算。"), "success")
    return redirect(url_for(".days"), 303)


def _rule(code: str, form: RuleForm) -> str:
    return render_template("rules/rule.html", rule=rule_view(session(), current_actor(), code, today()), form=form)


def _days(form: DayForm, asked: dict[str, str], due: DueDay | None, faults: dict[str, str]) -> str:
    return render_template(
        "rules/days.html",
        form=form,
        asked=asked,
        due=due,
        faults=faults,
        published=last_published_year(),
        excepted=excepted_days(session(), current_actor()),
    )


def _typed(field: Field) -> str:
    return str(field.raw_data[0]) if field.raw_data else ""
