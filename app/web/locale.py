"""The reader's language and time zone: explicit choice, then profile, then what the browser prefers, then Spanish."""

from flask import Flask, g, request
from flask_babel import Babel

from app.kernel.text import LANGUAGES, Language, as_language
from app.web.guards import current_actor

LANGUAGE_COOKIE = "language"
ONE_YEAR_SECONDS = 365 * 24 * 3600


def reader_language() -> Language:
    chosen = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return as_language(chosen)
    actor = current_actor()
    if actor.signed_in:
        return actor.language
    return as_language(request.accept_languages.best_match(LANGUAGES, default="es"))


def reader_timezone() -> str:
    return current_actor().timezone


def init_locale(app: Flask) -> None:
    app.config.update(BABEL_DEFAULT_LOCALE="es", BABEL_TRANSLATION_DIRECTORIES=str(app.config["CATALOGUES"]))
    Babel(app, locale_selector=reader_language, timezone_selector=reader_timezone)
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # as tooling/messages.py reads the templates

    @app.after_request
    def _remember_choice(response):  # type: ignore[no-untyped-def]  # Flask's own signature
        if request.args.get("lang") in LANGUAGES and not g.get("stateless"):
            response.set_cookie(
                LANGUAGE_COOKIE, request.args["lang"], max_age=ONE_YEAR_SECONDS, samesite="Lax",
                secure=request.is_secure, httponly=True,
            )  # fmt: skip
        return response
