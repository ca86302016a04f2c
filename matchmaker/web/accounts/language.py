"""The language of the screen: chosen on any page, kept for the account, or for the browser of a visitor."""

from flask import redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_, read_language
from matchmaker.services.accounts import choose_language as keep_language
from matchmaker.web.access import current_actor, public, safe_next
from matchmaker.web.accounts.blueprint import blueprint
from matchmaker.web.database import session
from matchmaker.web.login import LANGUAGE


@blueprint.post("/language")
@public
def choose_language() -> Response:
    """Change the language and go on where the person was."""
    language = read_language(request.form.get("language"))
    if language is None:
        raise Invalid(N_("没有这种语言。"))
    cookie[LANGUAGE] = str(language)
    if current_actor().signed_in:
        keep_language(session(), current_actor(), language)
    return redirect(safe_next(url_for("home.index")), 303)
