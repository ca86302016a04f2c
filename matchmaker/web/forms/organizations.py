"""Forms of organizations."""

from collections.abc import Iterable
from dataclasses import fields

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from matchmaker.domain import codes
from matchmaker.domain.people import OFFICES, OrganizationKind
from matchmaker.services.organizations import Profile
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.forms.listings import Choice, choices
from matchmaker.web.language import translate

FILL_IN = _l("请填写。")
CITY_REGION = "650100"


def region_choices() -> dict[str, list[tuple[str, str]]]:
    """Return the regions, the city's own first, under their headings."""
    return _grouped(choices("regions"))


def industry_choices() -> dict[str, list[tuple[str, str]]]:
    """Return the industries under the names of their sections."""
    return {"": [("", "—")], **_grouped(choices("industries"))}


def size_choices() -> list[tuple[str, str]]:
    """Return the sizes of an organization."""
    return [("", "—"), *((code, translate(name)) for code, name in codes.table("organization_sizes").choices())]


def kind_choices(offices: bool) -> list[tuple[str, str]]:
    """Return the kinds of organization, public offices only where they are asked for."""
    kinds = [kind for kind in OrganizationKind if offices or kind not in OFFICES]
    return [(kind.value, translate(codes.table("organization_kinds").name(kind.value))) for kind in kinds]


class ProfileForm(BaseForm):
    """What an organization says of itself."""

    name = StringField(_l("单位全称"), [InputRequired(FILL_IN)])
    credit_code = StringField(_l("统一社会信用代码"))
    region = SelectField(_l("所在地区"), choices=region_choices, validate_choice=False)
    industry = SelectField(_l("所属行业"), choices=industry_choices, validate_choice=False)
    size = SelectField(_l("单位规模"), choices=size_choices, validate_choice=False)
    website = StringField(_l("网址"))
    address = StringField(_l("地址"))
    summary = TextAreaField(_l("单位简介"))

    def profile(self) -> Profile:
        """Return what was typed."""
        return Profile(**{field.name: self[field.name].data or "" for field in fields(Profile)})


class NewOrganizationForm(ProfileForm):
    """An organization that the bureau enters into the register."""

    kind = SelectField(_l("单位类型"), validate_choice=False)


class InvitationForm(BaseForm):
    """Colleagues to be invited, one a line."""

    text = TextAreaField(_l("邮箱"), [InputRequired(FILL_IN)])
    is_owner = BooleanField(_l("同时担任单位负责人（可以管理成员和修改单位资料）"))
    as_admin = BooleanField(_l("任命为平台管理员"))


class HandoverForm(BaseForm):
    """A colleague who is to become owner in one's place."""

    to_user_id = SelectField(_l("接任的同事"), coerce=int, validate_choice=False)
    note = TextAreaField(_l("留言"))


class SuspensionForm(BaseForm):
    """Why an organization is suspended, and until when."""

    reason = SelectField(_l("原因"), choices=lambda: _coded("suspension_reasons"), validate_choice=False)
    note = TextAreaField(_l("情况说明"), [InputRequired(FILL_IN)])
    until = DateField(_l("停用到哪一天"), [Optional()])


class ResumptionForm(BaseForm):
    """Why an organization is no longer suspended."""

    note = TextAreaField(_l("恢复的原因"), [InputRequired(FILL_IN)])


class CheckForm(BaseForm):
    """What the first pair of eyes found."""

    note = TextAreaField(_l("核对记录"))


class ConfirmationForm(BaseForm):
    """Until when a verification counts."""

    valid_until = DateField(_l("核验有效期至"), [Optional()])


class RefusalForm(BaseForm):
    """Why a verification is refused, and what to do about it."""

    reason = SelectField(_l("原因"), choices=lambda: _coded("verification_refusals"), validate_choice=False)
    advice = TextAreaField(_l("怎样补正"), [InputRequired(FILL_IN)])


class MergeForm(BaseForm):
    """Which of two organizations is kept, and why they are one."""

    keep = RadioField(_l("保留哪一个"), coerce=int, validate_choice=False)
    reason = TextAreaField(_l("理由"), [InputRequired(FILL_IN)])


def _coded(table: str) -> list[tuple[str, str]]:
    return [("", _("请选择")), *((code, translate(name)) for code, name in codes.table(table).choices())]


def _grouped(options: Iterable[Choice]) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for option in options:
        groups.setdefault(translate(option.group), []).append((option.value, translate(option.name)))
    return groups
