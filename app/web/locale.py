"""The reader's language and time zone: explicit choice, then profile, then what the browser
prefers, then Spanish.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from babel import Locale, localedata
from babel.lists import format_list
from flask import Flask, Response, current_app, g, request
from flask_babel import Babel, force_locale, get_locale
from werkzeug.wrappers import Response as BaseResponse

from app.infra.body import current_body
from app.kernel.actor import Actor
from app.kernel.text import Language, LocalizedText, as_language, interface_language, languages
from app.web.guards import current_actor
from config import SettingsInvalid

LANGUAGE_COOKIE = "language"
ZONE_COOKIE, ZONE_ARGUMENT = "timezone", "zone"
READER, FORCED = "convoca.reader_language", "convoca.forced_language"
READERS_ZONE = "convoca.reader_timezone"
"""Keys of what is remembered in the environment of a request."""
ONE_YEAR_SECONDS = 365 * 24 * 3600


def zone_names() -> Mapping[str, LocalizedText]:
    """Returns the time zones that people may choose, by the names they know them by: those that the
    body names, and every other one of a member country.
    """
    return current_body().every_zone


def reader_language() -> Language:
    """Returns the language of the person who reads the answer; worked out once for each request and
    actor.
    """
    return _language_in(request.environ)


def _language_in(environ: dict[str, Any]) -> Language:
    actor = current_actor()
    known: tuple[Actor, Language] | None = environ.get(READER)
    if known is None or known[0] is not actor:
        known = environ[READER] = (actor, _language_of(actor))
    return known[1]


def _language_of(actor: Actor) -> Language:
    chosen = request.args.get("lang") or request.cookies.get(host_cookie(LANGUAGE_COOKIE))
    if chosen in languages():
        return as_language(chosen)
    if actor.signed_in:
        return actor.language
    return as_language(request.accept_languages.best_match(languages(), default=languages()[0]))


def page_language() -> Language:
    """Returns the language in which templates speak: the reader's, or the one named by
    `speaking`.
    """
    environ = request.environ  # asked for once: each phrase of a page comes here
    forced: Language | None = environ.get(FORCED)
    return forced or _language_in(environ)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Renders in this language within the block, whatever the reader's own is."""
    before = request.environ.get(FORCED)
    request.environ[FORCED] = language
    try:
        with force_locale(interface_language(language)):
            yield
    finally:
        request.environ[FORCED] = before


def language_name(code: Language) -> str:
    """Returns the name of a language in the reader's own: "español", "Spanish"."""
    return str(Locale.parse(code).get_language_name(get_locale()) or code)


def language_names(codes: Iterable[Language]) -> str:
    """Returns the names of several languages as a sentence has them: "Spanish and English"."""
    spoken = set(codes)
    names = [language_name(code) for code in languages() if code in spoken]
    return format_list(names, locale=get_locale())


def listed(words: Iterable[str]) -> str:
    """Returns words as a sentence has them: "Honduras, Panamá y 2 más"."""
    return str(format_list(list(words), locale=interface_language(reader_language())))


def untranslated_language() -> str:
    """Returns the name of the reader's language while the interface is not translated into it, ""
    where it is.
    """
    code = page_language()
    return "" if interface_language(code) == code else language_name(code)


def own_language_names() -> list[tuple[Language, str]]:
    """Returns each language with its name in itself, for those who choose one: "Español",
    "English".
    """
    return [
        (code, str(Locale.parse(code).get_language_name(code)).capitalize()) for code in languages()
    ]


def reader_timezone() -> str:
    """Returns the zone of the profile; without one, what was chosen at the foot of a page, then
    what is known of a guest. Worked out once for each request and actor.
    """
    actor = current_actor()
    if actor.signed_in:
        return actor.timezone
    known: tuple[Actor, str] | None = request.environ.get(READERS_ZONE)
    if known is None or known[0] is not actor:
        known = request.environ[READERS_ZONE] = (actor, _timezone_of_guest(actor))
    return known[1]


def _timezone_of_guest(actor: Actor) -> str:
    known: str = g.get("guests_timezone", actor.timezone)
    chosen = (
        request.args.get(ZONE_ARGUMENT, ""),
        request.cookies.get(host_cookie(ZONE_COOKIE), ""),
    )
    return next((zone for zone in chosen if zone in zone_names()), known)


def read_as_guest(timezone: str) -> None:
    """Makes this page be read by somebody who has no account and whose zone stands on their
    registration.
    """
    g.guests_timezone = timezone
    request.environ.pop(READERS_ZONE, None)


def init_locale(app: Flask) -> None:
    """Raises SettingsInvalid for a language whose names of days and months nobody knows."""
    if unknown := [code for code in languages() if not localedata.exists(code)]:
        raise SettingsInvalid(
            f"Convoca cannot start:\n  LANGUAGES: {', '.join(unknown)} is no language known here"
        )
    app.config.update(
        BABEL_DEFAULT_LOCALE=languages()[0],
        BABEL_TRANSLATION_DIRECTORIES=str(app.config["CATALOGUES"]),
    )
    Babel(
        app,
        locale_selector=lambda: interface_language(reader_language()),
        timezone_selector=reader_timezone,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # as tooling/messages.py reads the templates

    @app.after_request
    def _remember_choice(response: Response) -> Response:
        if g.get("stateless"):
            return response
        if (language := request.args.get("lang")) in languages():
            _remember(response, LANGUAGE_COOKIE, language)
        zone = request.args.get(ZONE_ARGUMENT, "")
        if zone in zone_names() and not current_actor().signed_in:
            _remember(response, ZONE_COOKIE, zone)
        return response


def host_cookie(name: str) -> str:
    """Returns the name of a cookie as it is sent: over https with the prefix by which browsers take
    it from this host alone (RFC 6265bis, 4.1.3.2).
    """
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def has_chosen_language() -> bool:
    """Returns True when the reader chose a language, with this address or earlier in this browser."""
    return "lang" in request.args or host_cookie(LANGUAGE_COOKIE) in request.cookies


def forget_language(response: BaseResponse) -> None:
    """Makes the browser drop what was chosen in it."""
    response.delete_cookie(
        host_cookie(LANGUAGE_COOKIE), secure=current_app.config["SESSION_COOKIE_SECURE"]
    )


def _remember(response: Response, cookie: str, value: str) -> None:
    response.set_cookie(
        host_cookie(cookie),
        value,
        max_age=ONE_YEAR_SECONDS,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure,
        httponly=True,
    )
