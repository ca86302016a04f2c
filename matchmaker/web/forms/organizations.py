"""Forms of organizations."""

from collections.abc import Iterable
from dataclasses import fields

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from matchmaker.domain import codes
from matchmaker.domain.people import OFFICES, Organization, OrganizationKind
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

    def keep_identity(self, organization: Organization) -> None:
        """Show name and credit code as they are, not to be changed."""
        for field, value in ((self.name, organization.name), (self.credit_code, organization.credit_code)):
            field.data = value or ""
            field.render_kw = {"readonly": True}


class NewOrganizationForm(ProfileForm):
    """An organization that the bureau enters into the register."""

    kind = SelectField(_l("单位类型"), validate_choice=False)


class InvitationForm(BaseForm):
    """A colleague to be invited."""

    name = StringField(_l("姓名"), [InputRequired(FILL_IN)])
    email = EmailField(_l("邮箱"), [InputRequired(FILL_IN)])
    is_owner = BooleanField(_l("同时担任单位负责人（可以管理成员和修改单位资料）"))
    as_admin = BooleanField(_l("任命为平台管理员"))


def _grouped(options: Iterable[Choice]) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for option in options:
        groups.setdefault(translate(option.group), []).append((option.value, translate(option.name)))
    return groups
