"""What every form shares: trimmed text, and errors of services shown at their fields."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, Form, PasswordField, StringField

from matchmaker.domain.errors import Invalid
from matchmaker.web.language import translate


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with CSRF token. Text arrives without blanks around it, passwords exactly as typed."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Binds fields with the trimming filter."""

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Add the filter to fields of text."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options["filters"] = [_trim, *unbound_field.kwargs.get("filters", ())]
            return unbound_field.bind(form=form, **options)


def attach_errors(form: Form, error: Invalid) -> None:
    """Show what a service refused: each sentence at its field, the rest and the whole above the form."""
    form.form_errors.append(translate(error))
    for name, sentence in error.errors.items():
        field = form._fields.get(name)
        if field is None:
            form.form_errors.append(translate(sentence))
        else:
            field.errors = [*field.errors, translate(sentence)]


def _trim(text: str | None) -> str | None:
    # A NUL cannot be stored by PostgreSQL and means nothing in a form.
    return text if text is None else text.replace("\x00", "").strip()
