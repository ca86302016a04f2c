"""Forms of accounts. What a value must be is checked by the services; here stand labels and what must be filled in."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField, TelField
from wtforms.validators import InputRequired

from matchmaker.services.registration import Registration
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.forms.organizations import CITY_REGION, region_choices
from matchmaker.web.language import current_language

FILL_IN = _l("请填写。")
CHOOSE = _l("请选择。")


def required() -> InputRequired:
    """Mark a field that must be filled in."""
    return InputRequired(FILL_IN)


class LoginForm(BaseForm):
    """Account and password."""

    login = StringField(_l("邮箱或手机号"), [required()])
    password = PasswordField(_l("密码"), [required()])
    remember = BooleanField(_l("在这台设备上记住我（30 天）"))


class RegistrationForm(BaseForm):
    """A newcomer and the organization."""

    kind = HiddenField(_l("单位类型"))
    organization_name = StringField(_l("单位全称"), [required()])
    credit_code = StringField(_l("统一社会信用代码"))
    region = SelectField(
        _l("所在地区"), [InputRequired(CHOOSE)], choices=region_choices, validate_choice=False, default=CITY_REGION
    )
    name = StringField(_l("您的姓名"), [required()])
    email = EmailField(_l("邮箱"), [required()])
    mobile = TelField(_l("手机号"))
    password = PasswordField(_l("密码"), [required()])
    consented = BooleanField(_l("我已阅读并同意隐私说明"))

    def registration(self) -> Registration:
        """Return what was typed."""
        return Registration(
            kind=self.kind.data or "",
            organization_name=self.organization_name.data or "",
            credit_code=self.credit_code.data or "",
            region=self.region.data or "",
            name=self.name.data or "",
            email=self.email.data or "",
            mobile=self.mobile.data or "",
            password=self.password.data or "",
            consented=self.consented.data,
            language=current_language(),
        )


class ForgotForm(BaseForm):
    """The account whose password is forgotten."""

    login = StringField(_l("邮箱或手机号"), [required()])


class ResetForm(BaseForm):
    """A new password through a link."""

    password = PasswordField(_l("新密码"), [required()])
    consented = BooleanField(_l("我已阅读并同意隐私说明"))


class ContactsForm(BaseForm):
    """One's own contact data."""

    name = StringField(_l("姓名"), [required()])
    email = EmailField(_l("邮箱"), [required()])
    mobile = TelField(_l("手机号"))
    password = PasswordField(_l("当前密码"))


class PasswordForm(BaseForm):
    """A new password for the present one."""

    old = PasswordField(_l("当前密码"), [required()])
    password = PasswordField(_l("新密码"), [required()])


class DeletionForm(BaseForm):
    """The password, once more."""

    password = PasswordField(_l("当前密码"), [required()])
