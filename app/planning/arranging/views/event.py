"""The page of an event with its parts, and the page on which its brief is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.installation import site_address
from app.infra.language import translate
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_, Language, LocalizedText, date_locale, languages
from app.planning.arranging import wording
from app.planning.arranging.forms import BriefForm, answers_of_brief
from app.planning.arranging.queries.plans import EntryChoice, entry_shown
from app.planning.arranging.queries.requests import latest_request
from app.planning.arranging.rules.clock import join_link_is_due
from app.planning.arranging.rules.cycle import OutOfOrder
from app.planning.arranging.rules.plans import NotReady
from app.planning.arranging.services.planning import make_room, publish_event, write_brief
from app.planning.arranging.views import bp
from app.planning.arranging.views.plan_page import page_of, plan_page, sentences_of
from app.planning.arranging.views.planning import changeable
from app.planning.arranging.views.tabs import event_port, points_of_event
from app.planning.arranging.wording import LANGUAGES, MEANING, PAIRS, STEPS
from app.planning.events import policy
from app.planning.events.queries.events import (
    Source,
    brief_of,
    event_called,
    event_of,
    institutions,
    place_in_series,
    sources_of_event,
)
from app.planning.events.queries.life import phase_of_event, steps_of
from app.planning.events.queries.people import presence_in
from app.planning.events.rules import stages
from app.planning.events.rules.joining import (
    NoShortAddress,
    browser_address,
    browser_hint,
    lines,
    short_of,
)
from app.planning.events.rules.life import OutOfStep, Phase, Step, may_take
from app.planning.events.rules.stages import STAGE_OF, is_dated, needs_of, to_see_to
from app.planning.events.values import (
    BriefShown,
    EventDetail,
    EventStatus,
    EventWork,
    GroupSummary,
    Mode,
    OpenKind,
    RequestState,
    Stage,
    body_key,
    holder_of,
)
from app.planning.scheduling.queries.calendar import overrides_of
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.wording import rule_titles
from app.web.fields import Typed
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.markdown import rich_text
from app.web.mistakes import changed_meanwhile, show_errors
from app.web.render import days_text, hours_text, zone_label

# Parts of the page of one event: its life, its brief and how to join.

OVER = frozenset({Phase.ENDED, Phase.CLOSED})


@bp.app_template_filter()
def country_name(code: str) -> str:
    """Returns the name of a country of the region in the reader's language; for another country,
    its code.
    """
    name = current_body().country_names.get(code)
    return name.in_(reader_language()) if name else code


@dataclass(frozen=True)
class GroupShown:
    """A group with its letters, the class of its colour and its short name."""

    code: str
    look: str
    short: LocalizedText


def groups_shown(groups: Iterable[GroupSummary]) -> tuple[GroupShown, ...]:
    body = current_body()
    looks = {one.slug: f"g{number}" for number, one in enumerate(body.working_groups, 1)}
    return tuple(
        GroupShown(one.code, looks.get(one.slug, "gg"), body.short_names.get(one.slug, one.name))
        for one in groups
    )


@dataclass(frozen=True)
class LifeShown:
    """`meaning` is a msgid, or "". Only planners see the history. `has_request`: the presidency was
    asked and has not answered, or offers another hour.
    """

    phase: Phase
    meaning: str
    may_ask: bool
    may_approve: bool
    may_return: bool
    may_publish: bool
    has_request: bool
    is_offered: bool
    history: tuple["StepShown", ...]


@dataclass(frozen=True)
class StepShown:
    """A step with day, hour and name of the reader's zone. `by` is "" for steps that happen by the
    clock.
    """

    step: Step
    at: str
    by: str
    note: str


@dataclass(frozen=True)
class Text:
    """A longer text of the brief as HTML. `lang` is set where the text exists in the other language
    only.
    """

    html: Markup
    lang: Language | None


@dataclass(frozen=True)
class BriefPage:
    shown: BriefShown
    concept: Text | None
    objectives: Text | None
    recording_url: str
    partners: tuple[tuple[str, str], ...] = ()

    @property
    def languages_shown(self) -> tuple[Language, ...]:
        """Returns the languages of longer texts that lack the reader's own."""
        texts = (self.concept, self.objectives)
        return tuple(dict.fromkeys(text.lang for text in texts if text and text.lang))


@dataclass(frozen=True)
class Joining:
    """`url` is "" before the time to join; `hint` is a msgid. `is_promised`: the link will be shown
    here half an hour before. `is_early`: only organizers have it yet, to try it. `is_call`: there
    are telephone numbers and no link. `is_own`: the link is the reader's own.
    """

    url: str
    browser_url: str
    hint: str
    dial_in: str
    is_promised: bool
    is_early: bool = False
    is_call: bool = False
    is_own: bool = False


def life_of(
    db: Session, event: EventDetail, *, actor: Actor, may_change: bool, now: datetime
) -> LifeShown:
    phase = phase_of_event(event, now)
    approves = policy.may_approve(actor)
    latest = latest_request(db, event_id=event.id) if may_change else None
    waits = latest is not None and latest.state == RequestState.OPEN and latest.decide_by > now
    says = may_change or phase in (Phase.RUNNING, Phase.CLOSED)
    is_offered = latest is not None and latest.state == RequestState.OFFERED
    return LifeShown(
        phase,
        MEANING[phase] if says else "",
        may_ask=may_change and phase is Phase.DRAFT and event.span is not None,
        may_approve=approves and waits,
        may_return=approves and may_take(phase, Step.RETURN),
        may_publish=may_change and may_take(phase, Step.PUBLISH) and is_dated(event),
        has_request=waits or is_offered,
        is_offered=is_offered,
        history=_history(db, event) if may_change else (),
    )


def _history(db: Session, event: EventDetail) -> tuple[StepShown, ...]:
    zone, language = reader_timezone(), reader_language()
    steps = []
    for one in steps_of(db, event_id=event.id):
        local = one.at.astimezone(ZoneInfo(zone))
        day = format_skeleton("yMMMd", local, locale=date_locale(language))
        steps.append(
            StepShown(
                step=one.step,
                at=f"{day}, {local:%H:%M} {zone_label(zone, one.at, language)}",
                by=one.by,
                note=one.note,
            )
        )
    return tuple(steps)


def brief_page(db: Session, event: EventDetail, *, phase: Phase, language: Language) -> BriefPage:
    shown = brief_of(db, event_id=event.id)
    recording = shown.brief.recording_url if phase in OVER else ""
    return BriefPage(
        shown=shown,
        concept=_text(shown.brief.concept, language),
        objectives=_text(shown.brief.objectives, language),
        recording_url=recording,
        partners=tuple((body_key(name), name) for name in shown.brief.partners),
    )


def joining(
    event: EventDetail, page: BriefPage, *, may_change: bool, jitsi: str, now: datetime
) -> Joining | None:
    """Returns the link and the telephone numbers, from half an hour before the start until the end;
    organizers get them earlier, to try them. None for readers who are not let in, and after the
    end.
    """
    dial_in = page.shown.brief.dial_in if event.may_join else ""
    if not (event.join_url or dial_in) or event.status is EventStatus.CANCELLED:
        return None
    if event.span is not None and event.span.ends_at <= now:
        return None
    is_on = event.status is EventStatus.PUBLISHED and event.span is not None
    is_due = event.span is not None and join_link_is_due(event.span, now)
    if not is_on or not (may_change or is_due):
        return Joining(
            url="",
            browser_url="",
            hint="",
            dial_in="",
            is_promised=True,
            is_call=not event.join_url,
        )
    url = event.own_url or event.join_url
    hint = browser_hint(url, jitsi=jitsi)
    return Joining(
        url=url,
        browser_url=browser_address(url),
        hint=hint,
        dial_in=dial_in,
        is_promised=False,
        is_early=not is_due,
        is_call=not event.join_url,
        is_own=bool(event.own_url),
    )


def _text(value: LocalizedText, language: Language) -> Text | None:
    body = value.in_(language)
    if not body:
        return None
    shown = value.language_shown(language)
    return Text(rich_text(body), None if shown == language else shown)


# What an event's page says to its organizers beside its facts: the acts that are open, the next one
# first, and what is ready for the day.

SHOWN_ONCE = frozenset({Stage.PREPARE})
"""What stands with its act in the list of what is ready is not repeated."""


@dataclass(frozen=True)
class ReadyRow:
    """One thing for the day. `label` and `url`: the act, where it is missing."""

    name: str
    is_met: bool
    detail: str = ""
    label: str = ""
    url: str = ""


def cockpit(event: EventDetail, shown: Any, page: BriefPage) -> dict[str, Any]:
    """Returns what event.html wants beside the event. `shown`: the figures, from the office."""
    work: EventWork = shown.progress.work
    phase = phase_of_event(event, clock.now())
    points = to_see_to(points_of_event(event, work), phase)
    acts = [event_port().act_of(event.id, point, work) for point in points]
    others = [
        act
        for point, act in zip(points[1:], acts[1:], strict=True)
        if STAGE_OF[point.kind] not in SHOWN_ONCE
    ]
    by_kind = {point.kind: act for point, act in zip(points, acts, strict=True)}
    return {
        "work": work,
        "acts": acts,
        "others": others,
        "shown": shown,
        "ready": _ready(event, work, shown, page, by_kind),
        "is_over": phase in stages.OVER,
    }


NAMES = {
    OpenKind.DATE: lambda: (_("Date"), _("The date is missing")),
    OpenKind.LINK: lambda: (_("Link to join"), _("Link to join is missing")),
    OpenKind.PEOPLE: lambda: (_("Speakers and moderators"), _("Nobody speaks or moderates")),
    OpenKind.ANSWERS: lambda: (
        _("Answers from the outside speakers"),
        _("An outside speaker has not answered"),
    ),
    OpenKind.DESCRIPTION: lambda: (_("Description"), _("Description is missing")),
    OpenKind.TRANSLATION: lambda: (_("Text in every language"), _("A translation is missing")),
}


def _ready(
    event: EventDetail,
    work: EventWork,
    shown: Any,
    page: BriefPage,
    acts: dict[OpenKind, Any],
) -> Sequence[ReadyRow]:
    """Returns what is missing, then what is there. A date is no row of its own once it is known."""
    rows = []
    is_in_person = event.mode is Mode.IN_PERSON
    for kind, is_met in needs_of(event, work, languages=languages()).items():
        is_told = kind is OpenKind.DATE and is_met
        if is_told or (kind is OpenKind.LINK and is_in_person):
            continue
        there, missing = NAMES[kind]()
        act = acts.get(kind)
        rows.append(
            ReadyRow(
                there if is_met else missing,
                is_met,
                label=act.label if act else "",
                url=act.url if act else "",
            )
        )
    furnishing = shown.progress.furnishing
    if furnishing.sessions:
        parts = ngettext("%(num)s part", "%(num)s parts", furnishing.sessions)
        rows.append(ReadyRow(_("Agenda"), is_met=True, detail=parts))
    if furnishing.materials:
        files = ngettext("%(num)s file or link", "%(num)s files and links", furnishing.materials)
        rows.append(ReadyRow(_("Materials"), is_met=True, detail=files))
    if page.shown.brief.interpretation:
        rows.append(ReadyRow(_("Interpretation"), is_met=True))
    return sorted(rows, key=lambda row: row.is_met)


@dataclass(frozen=True)
class CycleFacts:
    entry: EntryChoice | None
    may_see_plan: bool
    funds: tuple[Source, ...]


def cycle_facts(db: Session, event: EventDetail, *, may_change: bool) -> CycleFacts:
    """Returns who pays, for everybody, and the plan entry, for those who may change the event."""
    entry = entry_shown(db, entry_id=event.plan_entry_id) if may_change else None
    funds = sources_of_event(db, event_id=event.id)
    return CycleFacts(entry, policy.may_plan(current_actor()), funds)


# Words to forward about an event, with a short address (R75).


@bp.get("/e/<short>")
@requires(anyone)
def short_link(short: str) -> Response:
    with reading() as db:
        event_id = event_called(db, short)
    if event_id is None:
        raise NoShortAddress
    return redirect(url_for("events.event", event_id=event_id), 302)


def words_to_forward(event: EventDetail) -> str:
    """Returns four plain lines about a published event, its date in the reader's zone; "" for one
    that is not to be forwarded.
    """
    if event.status is not EventStatus.PUBLISHED or event.is_confidential or event.span is None:
        return ""
    language, zone, span = reader_language(), reader_timezone(), event.span
    day = days_text(span.starts_at, span.ends_at, zone, language)
    hours = hours_text(span.starts_at, span.ends_at, zone)
    groups = ", ".join(group.name.in_(language) for group in event.groups)
    how = " · ".join(
        part
        for part in (translate(language, wording.MODES[event.mode]), event.place, groups)
        if part
    )
    address = site_address()
    return lines(
        (
            event.title.in_(language),
            f"{day}, {hours} ({zone_label(zone, span.starts_at, language)})",
            how,
            address + url_for("events.short_link", short=short_of(event.id)),
        )
    )


# What an event's page says beyond its time: the form for it, and a room to meet in.

Answer = Response | tuple[str, int]
NO_INSTITUTION = N_("None")


@bp.get("/events/<uuid:event_id>/brief")
@requires(policy.may_plan)
def brief(event_id: UUID) -> Answer:
    with reading() as db:
        event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
        return _page(event, _form(db, event_id, None))


@bp.post("/events/<uuid:event_id>/brief")
@requires(policy.may_plan)
def brief_written(event_id: UUID) -> Answer:
    with reading() as db:
        event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
        form = _form(db, event_id, request.form)
    if not form.validate():
        return _page(event, form, 422)
    try:
        with transaction() as db:
            write_brief(
                db,
                actor=current_actor(),
                event_id=event_id,
                brief=form.brief(),
                now=clock.now(),
                seen=form.seen.data or "",
            )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors, form.concept.first)
        return _page(event, form, 422)
    except ChangedMeanwhile as refusal:
        form.seen.data = refusal.mark
        return _page(
            event,
            form,
            409,
            [changed_meanwhile(refusal, url_for("events.brief", event_id=event_id))],
        )
    flash(_("The brief is saved."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


@bp.post("/events/<uuid:event_id>/room")
@requires(policy.may_plan)
def room(event_id: UUID) -> Response:
    """Makes a new room on the installation's own Jitsi server; without such a server there is no
    such page.
    """
    server = jitsi_server()
    if not server:
        raise NotFound
    with transaction() as db:
        make_room(db, actor=current_actor(), event_id=event_id, server=server, now=clock.now())
    flash(
        _("The event has a room. Only its link leads there; it is shown when it is time to join."),
        "success",
    )
    return redirect(url_for("events.event", event_id=event_id), 303)


def jitsi_server() -> str:
    settings = platform().settings
    return settings.jitsi_url


def _form(db: Session, event_id: UUID, typed: Typed | None) -> BriefForm:
    language = reader_language()
    shown = brief_of(db, event_id=event_id)
    form = BriefForm(typed, data=answers_of_brief(shown.brief))
    form.is_unrecorded = shown.is_unrecorded
    form.offer(
        institutions=[
            (str(number), f"{code} · {name.in_(language)}")
            for number, code, name in institutions(db)
        ],
        languages=[(code, translate(language, msgid)) for code, msgid in LANGUAGES.items()],
        pairs=[(code, translate(language, msgid)) for code, msgid in PAIRS.items()],
        nothing=translate(language, NO_INSTITUTION),
    )
    return form


def _page(
    event: EventDetail, form: BriefForm, status: int = 200, refusals: Sequence[str] = ()
) -> tuple[str, int]:
    html = render_template(
        "planning/arranging/brief.html",
        event=event,
        form=form,
        may_make_room=bool(jitsi_server()),
        refusals=refusals,
        page_has_errors=bool(form.errors or refusals),
    )
    return html, status


@bp.get("/events/<uuid:event_id>")
@requires(anyone)
def event(event_id: UUID) -> str:
    return event_page(event_id)


def event_page(event_id: UUID, *, refused: InvalidInput | None = None) -> str:
    """Returns the page of an event. `refused`: what was wrong with the registration just sent.

    The panels come from packages above: see `EventPort`.
    """
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
        place = place_in_series(db, actor=current_actor(), event=event)
        panel = event_port().registration_panel(
            db,
            event=event,
            actor=current_actor(),
            now=clock.now(),
            language=reader_language(),
            refused=refused,
        )
        may_change = policy.may_plan_for(current_actor(), event.group_slugs, event.kind)
        life = life_of(db, event, actor=current_actor(), may_change=may_change, now=clock.now())
        page = brief_page(db, event, phase=life.phase, language=reader_language())
        meeting = (
            event_port().meeting_panel(db, event=event, language=reader_language(), now=clock.now())
            if may_change
            else None
        )
        outside = event_port().speakers(db, event=event, actor=current_actor())
        shown = event_port().progress(db, event=event) if may_change else None
        overrides = overrides_of(db, holder=holder_of(event_id)) if may_change else ()
        cycle = cycle_facts(db, event, may_change=may_change)
        is_held = may_change and life.phase in {Phase.ENDED, Phase.CLOSED}
        reading_list = (
            ()
            if may_change
            else event_port().reading_list(
                db, event=event, actor=current_actor(), today=clock.today()
            )
        )
        there = (
            presence_in(db, event_id=event_id, starts_at=event.starts_at, ends_at=event.ends_at)
            if is_held
            else None
        )
    return render_template(
        "planning/arranging/event.html" if may_change else "planning/arranging/event_page.html",
        event=event,
        reading=reading_list,
        marks=groups_shown(event.groups),
        place=place,
        may_change=may_change,
        overrides=overrides,
        rules=rule_titles(),
        life=life,
        steps=STEPS,
        page=page,
        languages=LANGUAGES,
        pairs=PAIRS,
        joining=joining(event, page, may_change=may_change, jitsi=jitsi_server(), now=clock.now()),
        is_cancelled=event.status is EventStatus.CANCELLED,
        may_write=may_change and may_take(life.phase, Step.CANCEL),
        to_forward=words_to_forward(event),
        outside=outside,
        **(cockpit(event, shown, page) if shown is not None else {}),
        kinds=wording.KINDS,
        modes=wording.MODES,
        person_roles=wording.PERSON_ROLES,
        link_roles=wording.LINKS,
        gender_markers=wording.GENDER_MARKERS,
        registration=panel,
        meeting=meeting,
        cycle=cycle,
        there=there,
    )


@bp.post("/events/<uuid:event_id>/publish")
@requires(policy.may_plan)
def publish(event_id: UUID) -> Answer:
    """Publishes a draft; one whose date has passed only on its form, where somebody says that the
    date is meant.
    """
    actor = current_actor()
    with reading() as db:
        event = changeable(event_of(db, actor=actor, event_id=event_id))
        has_passed = event.ends_at is not None and event.ends_at <= clock.now()
        page = (
            page_of(db, None, event) if has_passed and event.status is EventStatus.DRAFT else None
        )
    if page is not None:
        page.form.ask_about_past()
        return plan_page(page, status=422)
    try:
        with transaction() as db:
            publish_event(db, actor=actor, event_id=event_id, now=clock.now())
    except (Clash, OutOfOrder, NotReady, OutOfStep) as refusal:
        with reading() as db:
            page = page_of(db, None, event_of(db, actor=actor, event_id=event_id))
        return plan_page(page, status=409, refusals=sentences_of(refusal))
    flash(_("The event is published and its time is taken in the calendar of record."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)
