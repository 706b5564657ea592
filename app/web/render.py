"""What every template may use: assets by content hash, the reader's language and zone, times that
name their zone.
"""

import re
from collections import Counter
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from flask import Flask, current_app, g, has_request_context, request
from flask.templating import Environment
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading
from app.infra.demo_mark import is_demonstration
from app.infra.installation import office_contact
from app.infra.language import date_text, translate
from app.infra.zones import place_of, zones_of
from app.kernel.actor import EndedGrant
from app.kernel.dated import last_day
from app.kernel.reference import reference_day
from app.kernel.text import (
    Language,
    LocalizedText,
    date_locale,
    field_in,
    interface_language,
    languages,
    name_key,
    openable,
)
from app.kernel.timespan import Timespan
from app.web.addresses import path_of
from app.web.form_token import page_of_form, with_query
from app.web.guards import TermEnded, current_actor
from app.web.headers import csp_nonce
from app.web.locale import (
    ZONE_ARGUMENT,
    language_name,
    language_names,
    own_language_names,
    page_language,
    reader_language,
    reader_timezone,
    untranslated_language,
    zone_names,
)
from app.web.phrases import init_phrases
from app.web.site import MenuEntry, site
from app.web.spaces import WithoutSpaces

MOST_ENTRIES = 5
"""In the header; whoever may see more finds the rest behind their initials."""
MOST_KEPT = 12
"""Members of an address that are carried on when a zone is chosen: more than any page of ours
has.
"""


class Templates(Environment):
    """Gives every template the same globals, without the map that keeps apart what one of them adds:
    Jinja goes through all of it in Python at each import of a macro, and none of ours adds anything.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Moment:
    """A span in words: its date and hours in the event's zone, named, and in the reader's when that
    differs.
    """

    date_text: str
    event_text: str
    reader_text: str
    iso: str


def zone_label(timezone: str, at: datetime, language: Language) -> str:
    """Returns the zone by name with its offset at that instant: "Costa Rica, UTC−6"."""
    if has_request_context():
        g.names_zone = True
    return zone_words(timezone, at.astimezone(ZoneInfo(timezone)).utcoffset(), language)


def zone_choices(*also: str, first: str = "", at: datetime | None = None) -> list[tuple[str, str]]:
    """Returns the time zones as choices in the reader's language: country by country, each with the
    zone of its capital before its others. `also`: what stands already and must be among them;
    `first`: the one before all. `at`: with the offset at that instant.
    """
    language, body = reader_language(), current_body()
    known = dict.fromkeys((*filter(None, (first, *also)), *zone_names()))

    def named(zone: str, place: str) -> str:
        return (
            zone_words(zone, at.astimezone(ZoneInfo(zone)).utcoffset(), language) if at else place
        )

    return [
        (zone, f"{country}: {named(zone, place)}" if country else named(zone, place))
        for zone, place, country in _zones_in_order(tuple(known), first, language, body.name)
    ]


@lru_cache(maxsize=64)
def _zones_in_order(
    zones: tuple[str, ...], first: str, language: Language, body_name: LocalizedText
) -> tuple[tuple[str, str, str], ...]:
    """Returns each zone with its place, and with its country where that has several zones.

    Kept, because sorting some eighty names by the rules of a language is a twentieth of a page.
    `body_name` tells the bodies apart whose names they are.
    """
    body = current_body()
    country_of = zones_of(body.country_names)
    capitals = {country.timezone for country in body.countries}
    several = Counter(country_of.values())

    def choice(zone: str) -> tuple[bool, str, bool, str, str, str, str]:
        place = zone_names().get(zone, place_of(zone)).in_(language)
        code = country_of.get(zone, "")
        country = body.country_names[code].in_(language) if code else ""
        shown = country if several[code] > 1 else ""
        order = (zone != first, name_key(country or place), zone not in capitals, name_key(place))
        return *order, zone, place, shown

    return tuple((zone, place, shown) for *_order, zone, place, shown in sorted(map(choice, zones)))


def zone_words(timezone: str, offset_there: timedelta | None, language: Language) -> str:
    """Returns what `zone_label` does, of an offset."""
    return _zone_words(timezone, zone_names().get(timezone), offset_there, language)


@cache
def _zone_words(
    timezone: str, name: LocalizedText | None, offset_there: timedelta | None, language: Language
) -> str:
    """Returns what `zone_words` does, and keeps it: there are few zones in use and few offsets."""
    minutes = int((offset_there or timedelta(0)).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
    place = name.in_(language) if name else timezone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{place}, {offset}"


def hours_text(starts_at: datetime, ends_at: datetime, timezone: str) -> str:
    """Returns "09:00–10:30", or "09:00" for a single instant."""
    zone = ZoneInfo(timezone)
    if starts_at == ends_at:
        return f"{starts_at.astimezone(zone):%H:%M}"
    return f"{starts_at.astimezone(zone):%H:%M}–{ends_at.astimezone(zone):%H:%M}"


def span_text(span: Timespan, timezone: str, language: Language) -> str:
    """Returns "mié, 3 mar, 09:00–10:30", or "mié, 3 mar, 09:00 – jue, 4 mar, 17:00" when it ends on
    another day.
    """
    starts, ends = (at.astimezone(ZoneInfo(timezone)) for at in (span.starts_at, span.ends_at))
    first, last = (
        format_skeleton("MMMEd", at, locale=date_locale(language)) for at in (starts, ends)
    )
    if starts.date() == ends.date():
        return f"{first}, {hours_text(starts, ends, timezone)}"
    return f"{first}, {starts:%H:%M} – {last}, {ends:%H:%M}"


def day_text(on: date, language: Language) -> str:
    """Returns "jueves, 10 de diciembre de 2026", "Thursday, 10 December 2026".

    A feed asks for a whole year of days at once and Babel reads its pattern for each, so the names
    alone are Babel's.
    """
    weekday, month = _names(language)[on.weekday()], _names(language)[6 + on.month]
    if interface_language(language) == "es":
        return f"{weekday}, {on.day} de {month} de {on.year}"
    return f"{weekday}, {on.day} {month} {on.year}"


@cache
def _names(language: Language) -> tuple[str, ...]:
    """Returns the names of seven weekdays from Monday, then of twelve months."""
    days, months = (
        get_day_names("wide", locale=interface_language(language)),
        get_month_names("wide", locale=interface_language(language)),
    )
    return (
        *(str(days[number]) for number in range(7)),
        *(str(months[number]) for number in range(1, 13)),
    )


@lru_cache(maxsize=2048)
def short_day_text(on: date, skeleton: str, language: Language) -> str:
    """Returns the day by a skeleton of Unicode, such as "MMMEd": the language decides in which
    order its parts stand.
    """
    return str(format_skeleton(skeleton, on, locale=date_locale(language)))


def short_day(on: date) -> str:
    """Returns a day as "30 sep 2027", in the reader's language."""
    return short_day_text(on, "yMMMd", reader_language())


def days_text(starts_at: datetime, ends_at: datetime, timezone: str, language: Language) -> str:
    """Returns the day in the zone, or the first and the last of several. Midnight belongs to the
    day that ends with it.
    """
    zone = ZoneInfo(timezone)
    first = starts_at.astimezone(zone).date()
    last = max(first, (ends_at - timedelta(microseconds=1)).astimezone(zone).date())
    return " – ".join(
        day_text(day, language) for day in ((first,) if first == last else (first, last))
    )


@dataclass(frozen=True)
class DayLeaf:
    """A day as a leaf of a calendar, and how far away it is."""

    month: str
    day: int
    weekday: str
    iso: str
    in_days: str


def leaf_of(at: datetime | None, now: datetime) -> DayLeaf | None:
    """Returns the day of an instant in the reader's own zone."""
    if at is None:
        return None
    zone, language = ZoneInfo(reader_timezone()), reader_language()
    on = at.astimezone(zone).date()
    days = (on - now.astimezone(zone).date()).days
    match days:
        case _ if days <= 0:
            words = _("today")
        case 1:
            words = _("tomorrow")
        case _:
            words = ngettext("in %(num)s day", "in %(num)s days", days)
    month, weekday = (
        str(format_skeleton(part, on, locale=date_locale(language))).strip(".")
        for part in ("MMM", "EEEE")
    )
    return DayLeaf(month=month, day=on.day, weekday=weekday, iso=on.isoformat(), in_days=words)


def moment(starts_at: datetime, ends_at: datetime, timezone: str) -> Moment:
    language, own_zone = reader_language(), reader_timezone()
    local = starts_at.astimezone(ZoneInfo(timezone))
    reader = starts_at.astimezone(ZoneInfo(own_zone))
    text = ""
    if reader.utcoffset() != local.utcoffset():
        day = (
            ""
            if reader.date() == local.date()
            else f"{format_skeleton('MMMd', reader, locale=date_locale(language))}, "
        )
        text = translate(
            language,
            "%(hours)s your time (%(zone)s)",
            hours=day + hours_text(starts_at, ends_at, own_zone),
            zone=zone_label(own_zone, starts_at, language),
        )
    return Moment(
        days_text(starts_at, ends_at, timezone, language),
        f"{hours_text(starts_at, ends_at, timezone)} {zone_label(timezone, starts_at, language)}",
        text,
        local.isoformat(),
    )


def term_ended(ended: EndedGrant) -> str:
    """Returns the sentence that tells whoever reads on after handing over until when they do."""
    on, until = (
        format_date(day, "long", locale=date_locale(reader_language()))
        for day in (ended.ended_on, last_day(ended.readable_until))
    )
    return translate(reader_language(), TermEnded.msgid, on=on, until=until)


STRONG = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*")
EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])")
CODE = re.compile(r"`([^`]+)`")


def emphasised(text: str) -> Markup:
    """Returns a line of a question with what its author set between asterisks in bold or in
    italics, as in the texts of lessons; nothing else of Markdown is read there.
    """
    strong = STRONG.sub(r"<strong>\1</strong>", escape(text))
    return Markup(EMPHASIS.sub(r"<em>\1</em>", strong))  # noqa: S704 - escaped here


def with_code(text: str) -> Markup:
    """Returns a sentence with what stands between backticks as code; no other Markdown is read."""
    return Markup(CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S704 - escaped here


def localized(value: LocalizedText) -> Markup:
    """Returns the text in the reader's language; in the other one, marked with its lang, when the
    translation is missing.
    """
    language = reader_language()
    shown = value.language_shown(language)
    if shown == interface_language(language):
        return escape(value.in_(language))
    return Markup('<span lang="{}">{}</span>').format(shown, value.in_(language))


def initials(name: str) -> str:
    """Returns "ÁR" of Ángel Rivas Umaña, "CP" of Carlos Eduardo Pineda Rivas: the first name and
    the first of the family names.
    """
    words = [word for word in name.split() if word[0].isupper()] or name.split()
    match words:
        case [first, _second, family, _other, *_rest]:
            return (first[0] + family[0]).upper()
        case [first, family, *_rest]:
            return (first[0] + family[0]).upper()
        case _:
            return name[:2].upper()


def by_name(things: Iterable[Any], attribute: str = "name") -> list[Any]:
    """Returns the things in the order of their names in the reader's language; what has no name
    stands last. `attribute`: where the name stands, such as "country.name".
    """
    language, name_of = reader_language(), attrgetter(attribute)

    def key(thing: Any) -> tuple[bool, str]:
        name = name_of(thing).in_(language)
        return not name, name_key(name)

    return sorted(things, key=key)


@dataclass(frozen=True)
class ZoneChoice:
    """What a reader without a profile may choose from, and what else the page's address holds."""

    zones: Sequence[tuple[str, str]]
    kept: Sequence[tuple[str, str]]


def zone_choice() -> ZoneChoice | None:
    """Returns the choice of a zone at the foot of a page that has named one, for a reader without a
    profile; None where the page is an answer to a form.
    """
    if current_actor().signed_in or request.method != "GET" or not g.get("names_zone"):
        return None
    return ZoneChoice(
        zone_choices(at=clock.now()),
        kept_without(ZONE_ARGUMENT),
    )


def switch_lang_url(language: str) -> str:
    """Returns the address of this page in another language. Builds it by hand because `url_for`
    would treat names in a query such as `_anchor` as options.
    """
    if request.endpoint is None:
        return f"?lang={language}"
    if request.method != "GET":  # an answer to a form: its address may take no GET
        return request.script_root + with_query(page_of_form(), "lang", language)
    query = urlencode([*kept_without("lang"), ("lang", language)])
    return f"{request.script_root}{quote(request.path)}?{query}"


def _office_contact() -> str:
    with reading() as db:
        return office_contact(db)


def kept_without(name: str) -> Sequence[tuple[str, str]]:
    """Returns the rest of the address's query, at most a dozen members."""
    return [(key, value) for key, value in request.args.items(multi=True) if key != name][
        :MOST_KEPT
    ]


def init_render(app: Flask) -> None:
    init_phrases(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(WithoutSpaces)
    app.jinja_env.filters.update(
        localized=localized,
        emphasised=emphasised,
        with_code=with_code,
        by_name=by_name,
        initials=initials,
        day=lambda on: day_text(on, reader_language()),
        plain_day=lambda on: date_text(reader_language(), on),
        short_day=short_day,
        reference_day=reference_day,
        openable=openable,
    )
    app.jinja_env.globals.update(
        url_for=path_of,
        csp_nonce=csp_nonce,
        switch_lang_url=switch_lang_url,
        moment=moment,
        current_body=current_body,
        office_contact=_office_contact,
        term_ended=term_ended,
        languages=languages,
        language_name=language_name,
        language_names=language_names,
        own_language_names=own_language_names,
        untranslated_language=untranslated_language,
        field_in=field_in,
    )

    @app.context_processor
    def _reader() -> dict[str, Any]:
        actor = current_actor()
        return {
            "actor": actor,
            "lang": reader_language(),
            "interface_lang": interface_language(page_language()),
            "reader_zone": reader_timezone(),
            "zone_choice": zone_choice,
            "demo_mode": is_demonstration(),
            **menus(),
            "links": shell_links(),
        }


def menus() -> dict[str, Sequence[NavItem]]:
    """Returns the header's entries for the actor, and what stands behind their initials."""
    entries = _items(site().navigation)
    return {
        "nav": entries[:MOST_ENTRIES],
        "person_menu": [*entries[MOST_ENTRIES:], *_items(site().person_menu)],
    }


def _items(menu: Sequence[MenuEntry]) -> Sequence[NavItem]:
    """Returns the entries of a menu that the actor may open."""
    actor, language, under = current_actor(), reader_language(), site().stands_under
    marked = under.get(request.endpoint or "", under.get(request.blueprint or "", ""))
    items = []
    for label, endpoint, policy in menu:
        if policy(actor) and endpoint in current_app.view_functions:
            url = path_of(endpoint)
            is_current = (
                marked == endpoint
                if marked
                else request.path == url or (url != "/" and request.path.startswith(url + "/"))
            )
            items.append(NavItem(translate(language, label), url, is_current))
    return items


def shell_links() -> dict[str, str]:
    """Returns the addresses that the header and the footer offer, by name."""
    return {
        name: path_of(endpoint)
        for name, endpoint in site().links.items()
        if endpoint in current_app.view_functions
    }
