"""The form of a technical term."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from matchmaker.domain import codes
from matchmaker.search.languages import LANGUAGES
from matchmaker.search.terms import SEPARATOR
from matchmaker.services.terms import TermRow
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.forms.organizations import FILL_IN
from matchmaker.web.language import translate


class TermForm(BaseForm):
    """One term in four languages; several wordings are parted by "|"."""

    key = HiddenField()
    version = HiddenField(default="0")
    zh = StringField(_l("中文"), [InputRequired(FILL_IN)])
    en = StringField(_l("英文"))
    ru = StringField(_l("俄文"))
    kk = StringField(_l("哈萨克文"))
    industry = SelectField(
        _l("行业"),
        choices=lambda: [(code, translate(name)) for code, name in codes.table("term_industries").choices()],
        validate_choice=False,
        default="other",
    )

    @classmethod
    def of(cls, row: TermRow) -> "TermForm":
        """Return the form of an entry as it is."""
        wordings = {name: f" {SEPARATOR} ".join(row.term.wordings(name)) for name in LANGUAGES}
        return cls(key=row.key, version=str(row.version), industry=row.term.industry, **wordings)

    def raw(self) -> dict[str, str]:
        """Return what was typed."""
        return {name: self[name].data or "" for name in (*LANGUAGES, "industry")}
