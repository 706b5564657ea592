"""Home: what needs the reader, by their role, beside two weeks of the programme; and the pages
about this place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.body import counted_course
from app.infra.database import reading, transaction
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.text import N_, date_locale
from app.office.home import services
from app.office.home.forms import SampleForm
from app.office.home.guides import BY_SLUG
from app.office.home.queries import FORTNIGHT, Fortnight, Today, today, upcoming
from app.office.home.values import Task, Urgency
from app.office.home.views import bp
from app.office.home.views.task_rows import task_groups
from app.people.factors.views.second_step import factor_day
from app.planning.events.values import GroupSummary
from app.planning.programme.queries.programme import ProgrammeEntry, all_groups
from app.planning.programme.rules import days_between
from app.planning.programme.views.month import Mark, Marks, days_of, words_of
from app.planning.programme.views.programme import ListDay, agenda_days, zone_place
from app.training.certificates.queries.register import CertificateRecord
from app.training.certificates.values import CertificateKind, CertificateStatus
from app.training.learning.rules import progress
from app.training.learning.values import ModuleOutline, Seat, UnitOutline
from app.training.learning.views.door import address
from app.web.fields import day_in
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.locale import listed, reader_language, reader_timezone
from app.web.render import leaf_of, zone_label

# Two weeks of the programme beside the tasks: one line a working day, in the secretariat's hours.

FRIDAY = 4
NAMED = 2


@dataclass(frozen=True)
class FortnightLine:
    hour: str
    mark: Mark | None
    text: str
    url: str | None


@dataclass(frozen=True)
class Day:
    on: date
    name: str
    is_past: bool
    is_today: bool
    starts_week: bool
    lines: Sequence[FortnightLine]
    holiday: str


@dataclass(frozen=True)
class FortnightShown:
    title: str
    days: Sequence[Day]
    before: str
    after: str
    zone: str


def fortnight_shown(page: Today, two_weeks: Fortnight, now: datetime) -> FortnightShown:
    """Returns the days of the fortnight; weekends only where something is on."""
    lines = _lines(page, two_weeks)
    last = two_weeks.monday + FORTNIGHT - timedelta(days=1)
    days = [
        _day(page, two_weeks, on, lines.get(on, []))
        for on in days_between(two_weeks.monday, last)
        if on.weekday() <= FRIDAY or on in lines
    ]
    first, end = (
        format_skeleton("MMMd", on, locale=date_locale(reader_language()))
        for on in (days[0].on, days[-1].on)
    )
    return FortnightShown(
        title=_("%(first)s to %(last)s", first=first, last=end),
        days=days,
        before=url_for("home.home", week=(two_weeks.monday - FORTNIGHT).isoformat()),
        after=url_for("home.home", week=(two_weeks.monday + FORTNIGHT).isoformat()),
        zone=zone_label(REFERENCE_ZONE, now, reader_language()),
    )


def _lines(page: Today, two_weeks: Fortnight) -> dict[date, list[FortnightLine]]:
    by_day: dict[date, list[FortnightLine]] = {}
    marks = Marks(page.groups)
    by_slug = {mark.slug: mark for mark in marks.legend}
    for entry in two_weeks.entries:
        for number, on in enumerate(days_of(entry, REFERENCE_ZONE)):
            hour = "" if number or entry.is_all_day else _hour(entry)
            mark = by_slug.get(entry.groups[0]) if entry.groups else None
            url = None if entry.is_reserved else url_for("events.event", event_id=entry.id)
            by_day.setdefault(on, []).append(
                FortnightLine(hour=hour, mark=mark, text=words_of(entry), url=url)
            )
    return by_day


def _hour(entry: ProgrammeEntry) -> str:
    return (
        f"{entry.starts_at.astimezone(ZoneInfo(REFERENCE_ZONE)):%H:%M}" if entry.starts_at else ""
    )


def _day(page: Today, two_weeks: Fortnight, on: date, lines: Sequence[FortnightLine]) -> Day:
    language = reader_language()
    weekday = format_skeleton("E", on, locale=date_locale(language)).strip(".")
    names = [
        one.country.name.in_(language) or one.country.code
        for one in two_weeks.holidays
        if one.on == on
    ]
    if len(names) > NAMED:
        names = [*names[:NAMED], ngettext("%(num)s more", "%(num)s more", len(names) - NAMED)]
    return Day(
        on=on,
        name=f"{weekday} {on.day}",
        is_past=on < page.day,
        is_today=on == page.day,
        starts_week=on.weekday() == 0 and on != two_weeks.monday,
        lines=lines,
        holiday=_(
            "Holiday in %(countries)s",
            countries=listed(names),
        )
        if names
        else "",
    )


HOUR = 60
LONG = 90
"""From how many minutes on a rest is said in hours."""
WIDEST = 12
"""A unit of more screens than this shows its number alone, without a dot for each."""


@dataclass(frozen=True)
class Resume:
    """Where the course goes on: the module, the unit, how far, and how long it still takes."""

    module: ModuleOutline
    unit: UnitOutline
    screen: int
    minutes: int
    url: str
    has_begun: bool

    @property
    def has_dots(self) -> bool:
        return not self.unit.is_quiz and 1 < self.unit.screens <= WIDEST


@dataclass(frozen=True)
class Remaining:
    """What is missing until the certificate."""

    modules: int
    time: str


@bp.get("/")
@requires(anyone)
def home() -> str:
    """Renders what needs the reader. For visitors: what this is, the next events, verifying a
    certificate.
    """
    actor, now = current_actor(), clock.now()
    if not actor.signed_in:
        with reading() as db:
            days = _days(upcoming(db, actor=actor, now=now), all_groups(db))
        return render_template(
            "office/home/welcome.html", coming=days, clock_of=_clock(), course=counted_course()
        )
    with reading() as db:
        page = today(db, actor=actor, now=now, monday=_week(), language=reader_language())
    days = _days(page.upcoming, page.groups) if page.upcoming else []
    seat = page.seat if page.seat and not is_certified(page.seat, page.certificates) else None
    return render_template(
        "office/home/home.html",
        page=page,
        coming=days,
        clock_of=_clock(),
        course=counted_course(),
        first_name=given_name(actor.name),
        lead=lead(page.tasks) if page.fortnight else "",
        groups=task_groups(page),
        fortnight=fortnight_shown(page, page.fortnight, now) if page.fortnight else None,
        resume=resume_of(seat) if seat else None,
        remaining=remaining_of(seat) if seat else None,
        next_webinar=leaf_of(page.webinars[0].starts_at, now) if page.webinars else None,
        own_day=clock.today(actor.timezone),
        factor_day=factor_day(),
        first_week=BY_SLUG[page.first_week] if page.first_week else None,
    )


@bp.post("/first-week/aside")
@requires(signed_in)
def put_first_week_aside() -> BaseResponse:
    with transaction() as db:
        services.put_first_week_aside(db, actor=current_actor(), now=clock.now())
    flash(_("It stays under “How it is done”."), "success")
    return redirect(url_for("home.home"), 303)


def _days(entries: Sequence[ProgrammeEntry], groups: Sequence[GroupSummary]) -> list[ListDay]:
    """As the programme lists them; today stands there only where something is held."""
    days = agenda_days(entries, Marks(groups), today=clock.today(reader_timezone()))
    return [day for day in days if day.items]


def _clock() -> str:
    return zone_place(clock.today(reader_timezone()))


def _week() -> date | None:
    """Returns the week that is asked for; None where it is none that can be read."""
    day = day_in(request.args.get("week", ""))
    return day if day and 2000 <= day.year <= 2100 else None  # noqa: PLR2004  # far beyond any programme


def given_name(name: str) -> str:
    """Returns "Laura" of Laura Quesada Umaña and "María José" of María José Ñáñez Güell: of four
    names two are given.
    """
    words = [word for word in name.split() if word[:1].isupper()]
    match words:
        case [first, second, _family, _other, *_rest]:
            return f"{first} {second}"
        case [first, *_rest]:
            return first
        case _:
            return name


def lead(tasks: Sequence[Task]) -> str:
    """Returns how much is overdue and how much is for today, in a few short sentences."""
    overdue = sum(task.urgency is Urgency.OVERDUE for task in tasks)
    due = sum(task.urgency is Urgency.TODAY for task in tasks)
    if not tasks:
        return str(_("Nothing needs your attention."))
    if not overdue and not due:
        return str(_("Nothing is due today."))
    sentences = []
    if overdue:
        sentences.append(
            ngettext("%(num)s task is overdue.", "%(num)s tasks are overdue.", overdue)
        )
    if due:
        sentences.append(
            ngettext("%(num)s task is due today.", "%(num)s tasks are due today.", due)
        )
    if len(tasks) > overdue + due:
        sentences.append(_("The others can wait."))
    return " ".join(sentences)


def resume_of(seat: Seat) -> Resume | None:
    """Returns None when there is nothing left to take."""
    place = progress.resume_place(seat)
    module = seat.outline.module(place.module_slug) if place else None
    unit = module.unit(place.unit_code) if module and place else None
    if place is None or module is None or unit is None:
        return None
    left = unit.minutes if unit.is_quiz else unit.minutes * (1 - (place.screen - 1) / unit.screens)
    is_in = seat.enrolment_id is not None
    url = address(counted_course(), place if is_in else None)
    return Resume(
        module=module,
        unit=unit,
        screen=place.screen,
        minutes=max(1, round(left)),
        url=url,
        has_begun=is_in,
    )


def is_certified(seat: Seat, records: Iterable[CertificateRecord]) -> bool:
    """Returns True when an edition that the reader has not begun asks for nothing now, because a
    certificate of an earlier one is valid.

    The course's page offers what changed since.
    """
    return seat.enrolment_id is None and any(
        record.status is CertificateStatus.VALID
        and record.facts is not None
        and record.facts.kind is CertificateKind.COMPLETION
        and record.facts.course_title == seat.outline.title
        for record in records
    )


def remaining_of(seat: Seat) -> Remaining:
    waiting = [
        module
        for module in seat.outline.available
        if not progress.module_is_complete(module, seat.standing)
    ]
    minutes = sum(
        module.minutes * (100 - progress.module_percent(module, seat.standing)) / 100
        for module in waiting
    )
    if minutes < LONG:
        time = ngettext("%(num)s minute", "%(num)s minutes", max(1, round(minutes)))
    else:
        time = ngettext("About %(num)s hour", "About %(num)s hours", round(minutes / HOUR))
    return Remaining(len(waiting), time)


# Pages about this place, and the sheet of components for whoever builds one.

SWATCHES = (
    ("ink", N_("Text"), "14.5 · 14.7"),
    ("ink-soft", N_("Second text"), "6.5 · 8.8"),
    ("link", N_("Link"), "7.6 · 9.9"),
    ("action", N_("Button"), "8.3 · 5.0"),
    ("accent", N_("Now"), "8.1 · 8.9"),
    ("good", N_("Good"), "5.9 · 8.0"),
    ("warn", N_("Attention"), "6.2 · 8.6"),
    ("bad", N_("Bad"), "6.2 · 7.8"),
    ("g1", N_("Protection"), "5.7 · 7.8"),
    ("g2", N_("Labour migration"), "5.6 · 7.7"),
    ("g3", N_("Border management"), "5.5 · 7.9"),
    ("g4", N_("Migration in large numbers"), "6.5 · 7.8"),
    ("gg", N_("Governance"), "6.8 · 7.4"),
)
"""Token, what it is for, and its contrast in light and in dark."""


@dataclass(frozen=True)
class SampleStage:
    name: str
    number: int
    state: str
    words: str
    mark: str = ""
    links: tuple[tuple[str, str, bool], ...] = ()


@bp.get("/about")
@requires(anyone)
def about() -> str:
    return render_template("office/home/about.html")


@bp.get("/accessibility")
@requires(anyone)
def accessibility() -> str:
    return render_template("office/home/accessibility.html")


@bp.get("/styleguide")
@requires(anyone)
def styleguide() -> str:
    """Renders every component once. Only the demo has this page."""
    if not current_app.config["DEMO"]:
        raise NotFound
    form = SampleForm.with_faults()
    sample_stages = (
        SampleStage(
            name=_("Prepare"),
            number=1,
            state="passed",
            words=_("%(done)s of %(all)s", done=5, all=7),
            mark="warn",
        ),
        SampleStage(
            name=_("Invite"),
            number=2,
            state="now",
            words=_("%(done)s of %(all)s", done=147, all=214),
        ),
        SampleStage(name=_("Hold"), number=3, state="to-come", words=""),
        SampleStage(name=_("Close"), number=4, state="to-come", words=""),
    )
    swatches = [(name, _(words), ratio) for name, words, ratio in SWATCHES]
    return render_template(
        "office/home/styleguide.html", form=form, sample_stages=sample_stages, swatches=swatches
    )
