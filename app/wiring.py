"""Who is plugged in where, on one page: blueprints, commands, what follows from which fact, the main menu."""

from collections.abc import Callable

from flask import Blueprint, Flask
from flask.cli import AppGroup
from sqlalchemy.engine import Connection

import app.certificates.models
import app.directory.models
import app.events.models
import app.identity.models
import app.learning.models
import app.library.models
import app.notifications.models
import app.scheduling.models
from app.certificates import tasks as certificates_tasks
from app.certificates.api import bp as certificates_api
from app.certificates.cli import group as certificates_commands
from app.certificates.schema import ensure_written_once
from app.certificates.views import bp as certificates
from app.infra.journal import Handler, Registry
from app.infra.schema import ensure_append_only
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.text import N_
from app.web.guards import Policy, anyone, signed_in
from app.web.health import bp as health
from app.web.openapi import bp as openapi
from config import Settings

BLUEPRINTS: tuple[Blueprint, ...] = (health, certificates)
API_BLUEPRINTS: tuple[Blueprint, ...] = (openapi, certificates_api)
COMMANDS: tuple[AppGroup, ...] = (certificates_commands,)
HANDLERS: Registry = {
    "CertificateIssued": (
        Handler("certificates.on_certificate_issued", certificates_tasks.on_certificate_issued, inside=False),
    ),
}
SCHEMA_RULES: tuple[Callable[[Connection], None], ...] = (ensure_append_only, ensure_written_once)
NAVIGATION: tuple[tuple[str, str, Policy], ...] = (
    (N_("Home"), "home.home", signed_in),
    (N_("Programme"), "events.programme", anyone),
    (N_("Course"), "learning.course", anyone),
    (N_("My certificates"), "certificates.my_certificates", signed_in),
    (N_("Verify"), "certificates.verify", anyone),
)
# The shell's own links (header and footer); one whose endpoint does not exist is not shown.
LINKS = {
    "sign_in": "identity.sign_in",
    "sign_out": "identity.sign_out",
    "account": "identity.account",
    "verify": "certificates.verify",
    "subscribe": "events.subscribe",
    "about": "home.about",
    "accessibility": "home.accessibility",
}


def load_actor() -> Actor:
    return ANONYMOUS


def init_domains(app: Flask, settings: Settings) -> None:
    """What a domain must set up on the application beyond its blueprint."""
