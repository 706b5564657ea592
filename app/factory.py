"""The composition root: settings → extensions → hooks → blueprints."""

import os
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import reset_tzpath

from flask import Flask
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app import wiring
from app.infra.body import body_of_this_process
from app.infra.crowds import Crowds
from app.infra.database import init_database
from app.infra.files import Files
from app.infra.health import Health
from app.infra.installation import OWN_KEYS, SETTINGS
from app.infra.jobs import Jobs
from app.infra.journal import REGISTRY
from app.infra.language import has_catalogue
from app.infra.mail import Outgoing
from app.infra.migrations import init_migrations
from app.infra.platform import KEY as PLATFORM
from app.infra.platform import Platform
from app.infra.record_keys import KEYS, record_keys
from app.infra.secret_keys import SecretKeys
from app.kernel.text import speak
from app.web.addresses import init_addresses
from app.web.assets import init_assets
from app.web.bodies import init_bodies
from app.web.content_origin import init_content_origin
from app.web.errors import init_errors
from app.web.form_token import init_form_token
from app.web.guards import init_guards
from app.web.headers import init_headers
from app.web.kept_forms import init_kept_forms
from app.web.limits import init_limits
from app.web.locale import init_locale
from app.web.logs import init_logs
from app.web.looking import init_looking
from app.web.metrics import init_metrics
from app.web.render import Templates, init_render
from app.web.uploads import init_uploads
from config import MEGABYTE, Settings, read_settings

ROOT = Path(__file__).resolve().parents[1]
OWNER_ONLY = 0o077
"""The database, files, letters and secrets are nobody else's: 0600 and 0700. Tests keep the mask of
their process.
"""
YEAR_SECONDS = 365 * 24 * 3600
csrf = CSRFProtect()


def build_app(settings: Settings | None = None) -> Flask:
    reset_tzpath(to=())  # the pinned tzdata package, never the machine's own files
    settings = settings or read_settings()
    if settings.environment != "test":
        os.umask(OWNER_ONLY)
    app = Flask(
        "app",
        root_path=str(ROOT / "app"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,  # app/web/assets.py serves it
    )
    app.jinja_environment = Templates
    keys = SecretKeys(settings.secret, settings.secret_key_fallbacks)
    _configure(app, settings)
    app.config.update(keys_of_libraries(keys))
    body = body_of_this_process(settings.body)
    jobs = Jobs(app, settings, wiring.HANDLERS, keys=keys)
    app.extensions[PLATFORM] = Platform(
        settings,
        keys,
        body,
        mailer=Outgoing(settings.data / "mail"),
        files=Files(settings),
        jobs=jobs,
        health=Health(app, settings),
        crowds=Crowds(),
        session_info={
            SETTINGS: settings,
            OWN_KEYS: keys,
            REGISTRY: wiring.HANDLERS,
            KEYS: partial(record_keys, settings),
        },
        after_commit=[jobs.wake],
        schema_rules=wiring.SCHEMA_RULES,
        tripwires=wiring.TRIPWIRES,
        greeting=wiring.greeting,
    )
    spoken = settings.languages or body.languages
    speak(spoken, translated=filter(has_catalogue, spoken))
    init_addresses(app)
    init_database(app, settings.database)
    init_migrations(app, ROOT / "migrations")
    Compress(app)
    init_logs(app, settings)
    init_metrics(app, settings)
    init_locale(app)
    init_headers(app)
    init_content_origin(app)  # before the guards: nobody is looked up there
    init_looking(app)
    init_errors(app)
    init_guards(app)  # before the token check, so that refusals know who asks
    init_limits(app)
    init_bodies(app)
    init_uploads(app)
    csrf.init_app(app)
    init_assets(app)
    init_render(app)
    init_form_token(app)
    init_kept_forms(app)
    wiring.init_domains(app, settings)
    for blueprint in wiring.BLUEPRINTS:
        app.register_blueprint(blueprint)
    for api in wiring.API_BLUEPRINTS:
        csrf.exempt(api)
        app.register_blueprint(api)
    for group in wiring.COMMANDS:
        app.cli.add_command(group)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )  # Flask's documented way
    return app


def keys_of_libraries(keys: SecretKeys) -> dict[str, object]:
    """Returns the keys of cookies (Flask) and of the tokens of forms (Flask-WTF)."""
    return {
        "SECRET_KEY": keys.current,
        "SECRET_KEY_FALLBACKS": list(keys.earlier),
        "WTF_CSRF_SECRET_KEY": keys.oldest_first,
    }


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.address.startswith("https://")
    app.config.update(
        TESTING=settings.environment == "test",
        DEMO=settings.demo,
        CATALOGUES=ROOT / "translations",
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=7
        * 24
        * 3600,  # the longest session of identity; its row ends it
        MAX_CONTENT_LENGTH=2 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=MEGABYTE // 2,
        MAX_FORM_PARTS=400,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR_SECONDS,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        COMPRESS_ALGORITHM=["br", "gzip"],
    )
    if (
        settings.environment == "production"
    ):  # besides the public name, only a probe on the machine itself
        app.config["TRUSTED_HOSTS"] = [
            urlsplit(settings.address).hostname,
            "localhost",
            "127.0.0.1",
            *([urlsplit(settings.content_origin).hostname] if settings.content_origin else []),
        ]
