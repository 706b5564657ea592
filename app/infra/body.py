"""The body that an installation serves: its names, countries, groups and organs, read from a file of `reference/`."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache, cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import yaml
from flask import has_app_context
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from app.infra.platform import platform
from app.infra.zones import place_of, zones_of
from app.kernel.reference import FIRST_BODY, REFERENCE_ZONE, body_path
from app.kernel.text import Language, LocalizedText, is_one_line

LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)
"""The safe loader; in C it takes 1 ms of each start instead of 60."""
NEEDED_ORGANS = ("presidency", "secretariat")
"""Organs that agreements and handovers speak of by these slugs."""


FIRST_COURSE = "guidelines"
"""Where the file of the body names none."""


class BodyInvalid(SystemExit):
    """The file of the body cannot be used; the message lists every problem, one a line."""


def _zone(value: str) -> str:
    with suppress(LookupError, ValueError, OSError):
        return ZoneInfo(value).key
    raise ValueError("must be an IANA time zone, such as America/Costa_Rica")


def _text(value: Any) -> LocalizedText:
    if not isinstance(value, dict) or not value:
        raise ValueError("must be a text in each language, such as {es: Belice, en: Belize}")
    for language, text in value.items():
        if not isinstance(text, str) or not text.strip() or not is_one_line(text):
            raise ValueError(f"{language}: must be a text in one line")
    return LocalizedText(**value)


Text = Annotated[LocalizedText, PlainValidator(_text)]
Zone = Annotated[str, AfterValidator(_zone)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
GroupCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]


class BodyPart(BaseModel):
    """A frozen part of the file, which refuses names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class MemberCountry(BodyPart):
    """`also` are other ways in which people write its name."""

    code: CountryCode
    name: Text
    timezone: Zone
    language: Language
    also: tuple[str, ...] = ()


class StandingGroup(BodyPart):
    """A working group or an organ; `code` is the two letters that stand beside its colour.
    `short` is its name where there is little room, "Protección"; None for the whole name.
    """

    slug: Slug
    code: GroupCode
    name: Text
    short: Text | None = None


class SuggestedInstitution(BodyPart):
    """A public body of a country, offered to an office that begins. `short` are its own letters."""

    country: CountryCode
    kind: Slug
    name: Text
    short: str = ""


class Body(BodyPart):
    """What is true of one regional body and of no other.

    `of_name` is the name with its preposition, as sentences need it ("of the Regional Conference"),
    `with_article` with its article ("the Regional Conference");
    `programme` and `own_webinars` are names of calendars, `presidency` signs certificates.
    `certificate_design` is read no more: files of before 2026.12 name one.
    `courses` are folders of `courses/`; the first is the one whose certificates coverage counts.
    `other_processes` names some that claim the same people, as they stand behind "such as".
    `limits` holds thresholds of the rule book by rule.
    """

    name: Text
    of_name: Text
    with_article: Text
    programme: Text
    own_webinars: Text
    presidency: Text
    certificate_design: str = ""
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    reference_zone: Zone
    zones: Annotated[Mapping[Zone, Text], Field(min_length=1)]
    countries: Annotated[tuple[MemberCountry, ...], Field(min_length=1)]
    working_groups: Annotated[tuple[StandingGroup, ...], Field(min_length=1)]
    organs: tuple[StandingGroup, ...]
    courses: tuple[Slug, ...] = ()
    other_processes: Text | None = None
    limits: Mapping[str, Annotated[int, Field(ge=0)]] = {}
    suggested_institutions: tuple[SuggestedInstitution, ...] = ()

    @cached_property
    def short_names_by_code(self) -> Mapping[str, LocalizedText]:
        """Returns the short names of groups and organs by their two letters."""
        return {one.code: one.short for one in (*self.working_groups, *self.organs) if one.short}

    @cached_property
    def short_names(self) -> Mapping[str, LocalizedText]:
        """Returns the short names by slug, of the groups and organs that have one."""
        return {one.slug: one.short for one in (*self.working_groups, *self.organs) if one.short}

    @cached_property
    def every_zone(self) -> Mapping[str, LocalizedText]:
        """Returns the zones that the body names, then every other zone of its countries, named
        after its city.
        """
        others = zones_of(self.country_names).keys() - self.zones.keys()
        return {**self.zones, **{zone: place_of(zone) for zone in sorted(others)}}

    @cached_property
    def country_names(self) -> Mapping[str, LocalizedText]:
        return {country.code: country.name for country in self.countries}

    def organ_name(self, slug: str) -> LocalizedText:
        """Returns the name of an organ, one of NEEDED_ORGANS."""
        return next(organ.name for organ in self.organs if organ.slug == slug)

    @property
    def secretariat(self) -> LocalizedText:
        return self.organ_name("secretariat")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Body":
        if problems := list(_contradictions(self)):
            raise ValueError("; ".join(problems))
        return self


def _contradictions(body: Body) -> Iterator[str]:
    groups = (*body.working_groups, *body.organs)
    for what, values in (
        ("country", [country.code for country in body.countries]),
        ("group", [group.slug for group in groups]),
        ("code", [group.code for group in groups]),
    ):
        yield from (f"{what} {name} stands twice" for name, n in Counter(values).items() if n > 1)
    missing = set(NEEDED_ORGANS) - {organ.slug for organ in body.organs}
    yield from (f"organs lack {slug}" for slug in sorted(missing))
    codes = {country.code for country in body.countries}
    for one in body.suggested_institutions:
        if one.country not in codes:
            yield f"suggested_institutions: {one.country} is no country of the list"
    for zone in dict.fromkeys((body.reference_zone, *(c.timezone for c in body.countries))):
        if zone not in body.zones:
            yield f"zones lack {zone}"
    for country in body.countries:
        if country.language not in body.languages:
            yield f"{country.code} speaks {country.language}, which languages lack"
    for name, text in _texts(body):
        for language in body.languages:
            if text.lacks(language):
                yield f"{name} lacks {language}"


def _texts(body: Body) -> Iterator[tuple[str, LocalizedText]]:
    for name in ("name", "of_name", "with_article", "programme", "own_webinars", "presidency"):
        yield name, getattr(body, name)
    yield from body.zones.items()
    yield from body.country_names.items()
    yield from ((group.slug, group.name) for group in (*body.working_groups, *body.organs))
    yield from ((f"{slug}: short", name) for slug, name in body.short_names.items())


@cache
def read_body(name: str) -> Body:
    """Returns the body of `reference/<name>.yaml`, or of the file at a path that ends with .yaml.

    Raises BodyInvalid, which names every problem of the file.
    """
    path = body_path(name)
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506
        return Body.model_validate(content)
    except OSError:
        problems = [f"  BODY: {path} cannot be read"]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems = [f"  {path}: is not YAML: {' '.join(str(error).split())}"]
    except ValidationError as error:
        problems = [f"  {path}: {_line(one['loc'], one['msg'])}" for one in error.errors()]
    raise BodyInvalid("Convoca cannot start:\n" + "\n".join(problems))


def body_of_this_process(name: str) -> Body:
    """Reads the body as `read_body` does; raises BodyInvalid when the process counts days in
    another reference zone.
    """
    body = read_body(name)
    if body.reference_zone != REFERENCE_ZONE:
        raise BodyInvalid(
            f"Convoca cannot start:\n  BODY: this process counts days in {REFERENCE_ZONE}, the body "
            f"{name} in {body.reference_zone}. Name the body in the environment, as BODY={name}"
        )
    return body


def _line(location: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in location)
    sentence = re.sub(r"^Value error, ", "", message)
    return f"{where}: {sentence}" if where else sentence


def current_body() -> Body:
    """Returns the body of the current application, and outside one the first, which is the RCM."""
    if has_app_context():
        return platform().body
    return read_body(FIRST_BODY)


def counted_course() -> str:
    """Returns the course whose certificates coverage counts unless another is asked for (R19: one
    course at a time): the first of the body's file.
    """
    return next(iter(current_body().courses), FIRST_COURSE)
