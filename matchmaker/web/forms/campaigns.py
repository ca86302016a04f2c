"""Forms of campaigns."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField, widgets

from matchmaker.domain import codes
from matchmaker.domain.campaigns import OPINIONS_EACH, Campaign, CampaignState
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.listings import ListingKind
from matchmaker.services.campaigns.running import Call
from matchmaker.web.forms.base import BaseForm, attach_errors
from matchmaker.web.language import translate


def field_choices() -> list[tuple[str, str]]:
    """Return the technical fields."""
    return [(code, translate(name)) for code, name in codes.table("contract_fields").choices()]


def kind_choices() -> list[tuple[str, str]]:
    """Return what can be collected."""
    return [(ListingKind.NEED.value, _("技术需求")), (ListingKind.ACHIEVEMENT.value, _("科技成果"))]


class Boxes(SelectMultipleField):  # type: ignore[misc]
    """Several choices as checkboxes; what is none of them is left to the service to refuse."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class CallForm(BaseForm):
    """A call. Days and numbers are passed on as typed: the service reads them."""

    title = StringField(_l("活动名称"))
    kind = RadioField(
        _l("征集什么"),
        choices=kind_choices,
        default=ListingKind.NEED.value,
        validate_choice=False,
    )
    call_text = TextAreaField(_l("征集通知"))
    fields = Boxes(_l("技术领域"), choices=field_choices, validate_choice=False)
    opens_on = DateField(_l("开始日期"))
    closes_on = DateField(_l("截止日期"))
    target = IntegerField(_l("总任务（项）"))
    opinions_each = IntegerField(_l("每项需要几份专家意见"), default=OPINIONS_EACH)
    contact = StringField(_l("联系人和电话"))

    @classmethod
    def of(cls, campaign: Campaign) -> "CallForm":
        """Return the form of a campaign as it stands."""
        form = cls(obj=campaign)
        if campaign.state == CampaignState.OPEN:
            form.opens_on.render_kw = {"readonly": True}
        return form

    def call(self, quotas: Mapping[int, str]) -> Call:
        """Return what was typed."""
        return Call(
            title=self.title.data or "",
            kind=self.kind.data or "",
            call_text=self.call_text.data or "",
            fields=tuple(self.fields.data or ()),
            opens_on=_typed(self.opens_on),
            closes_on=_typed(self.closes_on),
            target=_typed(self.target),
            opinions_each=_typed(self.opinions_each),
            contact=self.contact.data or "",
            quotas=quotas,
        )

    def show(self, error: Invalid | Conflict) -> None:
        """Show what the service refused, each sentence at its field; quotas are shown by the template."""
        for field in self:
            field.errors = []
        if isinstance(error, Invalid):
            known = {name: text for name, text in error.errors.items() if name in self._fields}
            attach_errors(self, Invalid(error.sentence, known, **error.values))
        else:
            self.form_errors.append(translate(error))


def _typed(field: DateField | IntegerField) -> str:
    return str(field.raw_data[0]) if field.raw_data else ""
