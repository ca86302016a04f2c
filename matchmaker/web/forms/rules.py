"""Forms of the rules; days and numbers are passed on as typed."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField

from matchmaker.web.forms.base import BaseForm


class RuleForm(BaseForm):
    """What a rule says from a day on."""

    value = StringField(_l("新的值"))
    valid_from = DateField(_l("从哪一天起执行"))
    source = TextAreaField(_l("依据"))
    is_verified = BooleanField(_l("我看过正式文本，已核实"))


def ways() -> list[tuple[str, str]]:
    """Return what a day can be."""
    return [("", _("放假")), ("1", _("上班"))]


class DayForm(BaseForm):
    """A day that is other than the calendar says."""

    on = DateField(_l("日期"))
    works = RadioField(_l("这一天"), choices=ways, default="", validate_choice=False)
    note = StringField(_l("说明"))
