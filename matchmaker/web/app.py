"""`create_app`: the one place where settings, database, security, languages and blueprints are joined."""

import gc
from pathlib import Path

from flask import Flask

from matchmaker.config import Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.web import (
    accounts,
    admin,
    agreements,
    appointments,
    attachments,
    avoidances,
    booklets,
    broker_records,
    calendars,
    campaigns,
    charts,
    check_ins,
    commissions,
    contract_types,
    contracts,
    contracts_sheet,
    dashboard,
    deals,
    decline_reports,
    drafts,
    event_invitations,
    events,
    exports,
    feeds,
    follow_ups,
    forwardings,
    grading,
    home,
    imports,
    introductions,
    journal,
    kept_files,
    languages,
    learning,
    ledger,
    line_ups,
    listing_endings,
    listing_moves,
    listings,
    match_reports,
    matches,
    minutes,
    notices,
    open_data,
    organizations,
    papers,
    preferences,
    prints,
    questions,
    rankers,
    readings,
    registrations,
    reports,
    review,
    revisions,
    roadshows,
    rules,
    screening,
    search,
    searches,
    shaping,
    slots,
    terms,
    timetables,
    triage,
    unmet,
    wishes,
)
from matchmaker.web.access import init_access
from matchmaker.web.addresses import init_addresses
from matchmaker.web.assets import init_assets
from matchmaker.web.database import Application, init_database
from matchmaker.web.errors import init_errors
from matchmaker.web.event_tabs import init_event_tabs
from matchmaker.web.formatting import init_formatting
from matchmaker.web.icons import init_icons
from matchmaker.web.language import init_language
from matchmaker.web.ledger_tabs import init_ledger_tabs
from matchmaker.web.limits import limiter
from matchmaker.web.login import init_login
from matchmaker.web.navigation import init_navigation
from matchmaker.web.notices import init_notices
from matchmaker.web.platform import EXTENSION, Platform
from matchmaker.web.qr import init_qr
from matchmaker.web.security import init_security
from matchmaker.web.templates import init_templates

PACKAGE = Path(__file__).parents[1]

# One blueprint per noun.
BLUEPRINTS = (
    home.blueprint,
    accounts.blueprint,
    organizations.blueprint,
    listings.blueprint,
    drafts.blueprint,
    listing_moves.blueprint,
    listing_endings.blueprint,
    revisions.blueprint,
    attachments.blueprint,
    avoidances.blueprint,
    readings.blueprint,
    imports.blueprint,
    exports.blueprint,
    review.blueprint,
    matches.blueprint,
    match_reports.blueprint,
    triage.blueprint,
    shaping.blueprint,
    decline_reports.blueprint,
    forwardings.blueprint,
    grading.blueprint,
    agreements.blueprint,
    questions.blueprint,
    appointments.blueprint,
    minutes.blueprint,
    deals.blueprint,
    prints.blueprint,
    notices.blueprint,
    preferences.blueprint,
    campaigns.blueprint,
    screening.blueprint,
    events.blueprint,
    registrations.blueprint,
    booklets.blueprint,
    roadshows.blueprint,
    follow_ups.blueprint,
    search.blueprint,
    feeds.blueprint,
    searches.blueprint,
    calendars.blueprint,
    check_ins.blueprint,
    event_invitations.blueprint,
    line_ups.blueprint,
    dashboard.blueprint,
    ledger.blueprint,
    rules.blueprint,
    contracts.blueprint,
    contract_types.blueprint,
    charts.blueprint,
    unmet.blueprint,
    introductions.blueprint,
    commissions.blueprint,
    broker_records.blueprint,
    journal.blueprint,
    papers.blueprint,
    contracts_sheet.blueprint,
    reports.blueprint,
    open_data.blueprint,
    admin.blueprint,
    rankers.blueprint,
    learning.blueprint,
    languages.blueprint,
    terms.blueprint,
    wishes.blueprint,
    slots.blueprint,
    timetables.blueprint,
)


def create_app(settings: Settings) -> Flask:
    """Join everything for `settings`; the database is expected to have this version's schema.

    The order matters where requests pass through: who may call a view is settled before its form's token is checked,
    and both before its rate is counted.
    """
    app = Application("matchmaker.web", template_folder=str(template_folder()))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[EXTENSION] = Platform(settings, Database(settings.database_url))
    init_templates(app, settings)
    init_database(app)
    init_login(app)
    init_access(app)
    init_security(app, settings)
    limiter.init_app(app)
    for init in (
        init_language,
        init_formatting,
        init_addresses,
        init_assets,
        init_icons,
        init_qr,
        init_navigation,
        init_notices,
        init_event_tabs,
        init_ledger_tabs,
        ledger.init_amounts,
        languages.init_languages,
        introductions.init_introductions,
        kept_files.init_kept_files,
        commissions.init_commissions,
        init_errors,
    ):
        init(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def create_app_from_environment() -> Flask:
    """Make the application that a server process runs, and start loading its model: the first search need not wait.

    Called after the fork (gunicorn does not preload), so the model belongs to this process alone.
    """
    app = create_app(load_settings())
    settle()
    platform: Platform = app.extensions[EXTENSION]
    platform.warm_up()
    return app


def settle() -> None:
    """Take whatever starting made out of the garbage collector's rounds: it lives as long as the process, and looking
    through all of it in the middle of a page costs a tenth of a second and more."""
    gc.collect()
    gc.freeze()


def template_folder() -> Path:
    """Return where templates lie: beside the package in a source tree, inside it in an installed wheel."""
    folders = (PACKAGE / "templates", PACKAGE.parent / "templates")
    return next(folder for folder in folders if (folder / "layout.html").is_file())
