"""Forms of sub-units and inventors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from matchmaker.domain import codes
from matchmaker.services.inventors import InventorDetails
from matchmaker.services.sub_units import SubUnitDetails
from matchmaker.web.addresses import number_of
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.forms.organizations import FILL_IN
from matchmaker.web.language import translate


class SubUnitForm(BaseForm):
    """A school or an institute."""

    name = StringField(_l("部门名称"), [InputRequired(FILL_IN)])
    parent_id = SelectField(_l("上级部门"), validate_choice=False)
    contact_name = StringField(_l("联系人"))
    contact_phone = StringField(_l("联系电话"))
    contact_email = EmailField(_l("联系邮箱"))

    def offer(self, tops: list[tuple[int, str]]) -> None:
        """Offer the sub-units of the first level as parents."""
        self.parent_id.choices = [("", _("（第一级）")), *((str(number), name) for number, name in tops)]

    def details(self) -> SubUnitDetails:
        """Return what was typed."""
        return SubUnitDetails(
            name=self.name.data or "",
            parent_id=number_of(self.parent_id.data),
            contact_name=self.contact_name.data or "",
            contact_phone=self.contact_phone.data or "",
            contact_email=self.contact_email.data or "",
        )


class InventorForm(BaseForm):
    """An inventor."""

    name = StringField(_l("姓名"), [InputRequired(FILL_IN)])
    title = StringField(_l("职称或职务"))
    sub_unit_id = SelectField(_l("部门"), validate_choice=False)
    fields_of = SelectMultipleField(
        _l("技术领域"),
        choices=lambda: [(code, translate(name)) for code, name in codes.table("contract_fields").choices()],
        validate_choice=False,
    )
    research = StringField(_l("研究方向"))
    email = EmailField(_l("邮箱"))
    consented = BooleanField(_l("本人已同意登记在平台上"))
    is_public = BooleanField(_l("在单位主页公开姓名、职称、研究方向和公开的成果"))

    def offer(self, sub_units: list[tuple[int, str]]) -> None:
        """Offer the sub-units of the organization."""
        self.sub_unit_id.choices = [("", _("（不指定）")), *((str(number), name) for number, name in sub_units)]

    def details(self) -> InventorDetails:
        """Return what was typed."""
        return InventorDetails(
            name=self.name.data or "",
            title=self.title.data or "",
            sub_unit_id=number_of(self.sub_unit_id.data),
            fields=tuple(self.fields_of.data or ()),
            research=self.research.data or "",
            email=self.email.data or "",
            consented=self.consented.data,
            is_public=self.is_public.data,
        )


class RosterForm(BaseForm):
    """Many inventors at once, pasted or as a file."""

    text = TextAreaField(_l("名单"))
    create_sub_units = BooleanField(_l("名单中的部门还没有登记时，自动登记为第一级部门"))
    consented = BooleanField(_l("名单中的人员均已同意登记在平台上"))
