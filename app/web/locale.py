"""The reader's language and time zone: explicit choice, then profile, then what the browser
prefers, then Spanish.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Flask, Response, g, request
from flask_babel import Babel, force_locale

from app.infra.body import current_body
from app.kernel.actor import Actor
from app.kernel.text import LANGUAGES, Language, LocalizedText, as_language
from app.web.guards import current_actor

LANGUAGE_COOKIE = "language"
ZONE_COOKIE, ZONE_ARGUMENT = "timezone", "zone"
READER, FORCED = "convoca.reader_language", "convoca.forced_language"
"""Keys of what is remembered in the environment of a request."""
ONE_YEAR_SECONDS = 365 * 24 * 3600


def zone_names() -> Mapping[str, LocalizedText]:
    """The time zones that people may choose, by the names they know them by."""
    return current_body().zones


def reader_language() -> Language:
    """Returns the language of the person who reads the answer; worked out once for each request and
    actor.
    """
    actor = current_actor()
    known: tuple[Actor, Language] | None = request.environ.get(READER)
    if known is None or known[0] is not actor:
        known = request.environ[READER] = (actor, _language_of(actor))
    return known[1]


def _language_of(actor: Actor) -> Language:
    chosen = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return as_language(chosen)
    if actor.signed_in:
        return actor.language
    return as_language(request.accept_languages.best_match(LANGUAGES, default="es"))


def page_language() -> Language:
    """Returns the language in which templates speak: the reader's, or the one named by
    `speaking`.
    """
    forced: Language | None = request.environ.get(FORCED)
    return forced or reader_language()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Renders in this language within the block, whatever the reader's own is."""
    before = request.environ.get(FORCED)
    request.environ[FORCED] = language
    try:
        with force_locale(language):
            yield
    finally:
        request.environ[FORCED] = before


def reader_timezone() -> str:
    """Of the profile; without one, what was chosen at the foot of a page, then what we know of a
    guest.
    """
    actor = current_actor()
    if actor.signed_in:
        return actor.timezone
    known: str = g.get("guests_timezone", actor.timezone)
    chosen = (request.args.get(ZONE_ARGUMENT, ""), request.cookies.get(ZONE_COOKIE, ""))
    return next((zone for zone in chosen if zone in zone_names()), known)


def read_as_guest(timezone: str) -> None:
    """This page is read by somebody who has no account and whose zone stands on her
    registration.
    """
    g.guests_timezone = timezone


def init_locale(app: Flask) -> None:
    app.config.update(
        BABEL_DEFAULT_LOCALE="es", BABEL_TRANSLATION_DIRECTORIES=str(app.config["CATALOGUES"])
    )
    Babel(app, locale_selector=reader_language, timezone_selector=reader_timezone)
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # as tooling/messages.py reads the templates

    @app.after_request
    def _remember_choice(response: Response) -> Response:
        if g.get("stateless"):
            return response
        if (language := request.args.get("lang")) in LANGUAGES:
            _remember(response, LANGUAGE_COOKIE, language)
        zone = request.args.get(ZONE_ARGUMENT, "")
        if zone in zone_names() and not current_actor().signed_in:
            _remember(response, ZONE_COOKIE, zone)
        return response


def _remember(response: Response, cookie: str, value: str) -> None:
    response.set_cookie(
        cookie,
        value,
        max_age=ONE_YEAR_SECONDS,
        samesite="Lax",
        secure=request.is_secure,
        httponly=True,
    )
