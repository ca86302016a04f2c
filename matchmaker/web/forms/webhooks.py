"""The form of a group-chat robot."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, RadioField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.domain.notices import TOPIC_NAMES
from matchmaker.domain.webhooks import ROBOT_NAMES, TOPICS, RobotKind
from matchmaker.services.webhooks import WebhookForm
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.language import translate


class RobotForm(BaseForm):
    """Name, kind, address, secret and topics."""

    name = StringField(_l("名称"), description=_l("自己认得出就行，例如“技转中心群”。"))
    robot = RadioField(
        _l("机器人"),
        choices=lambda: [(kind, translate(name)) for kind, name in ROBOT_NAMES.items()],
        default=RobotKind.WECOM,
        validate_choice=False,
    )
    # A password field: what is in it is as good as one, and browsers must not offer it again.
    address = PasswordField(
        _l("Webhook 地址"), description=_l("在群里添加机器人后复制它的地址。地址等于密码，保存后不再显示。")
    )
    secret = PasswordField(_l("加签密钥"), description=_l("钉钉机器人选择“加签”时填写（SEC 开头）；企业微信不用填。"))
    drops_secret = BooleanField(_l("去掉已保存的密钥"))
    topics = SelectMultipleField(
        _l("推送内容"),
        choices=lambda: [(topic, translate(TOPIC_NAMES[topic])) for topic in TOPICS],
        default=list(TOPICS),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def typed(self) -> WebhookForm:
        """Return what was typed."""
        return WebhookForm(
            name=self.name.data or "",
            robot=self.robot.data or "",
            address=self.address.data or "",
            secret=self.secret.data or "",
            topics=tuple(self.topics.data or ()),
            drops_secret=bool(self.drops_secret.data),
        )
