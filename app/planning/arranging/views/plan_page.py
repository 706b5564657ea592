"""Putting the planning page together: the form with its choices, the panel with its answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import wtforms
from babel.dates import format_skeleton
from flask import render_template, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading
from app.infra.language import say, translate
from app.infra.platform import platform
from app.kernel.actor import Role
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, Refusal
from app.kernel.text import N_, Language, LocalizedText, date_locale, languages
from app.kernel.timespan import Timespan
from app.people.directory.rules.people import sort_key
from app.people.directory.services.sharing import record_lookup
from app.people.identity.policy import leads_the_region
from app.people.identity.queries import in_office
from app.planning.arranging import wording
from app.planning.arranging.forms import EXACT, PlanForm, answers_of, typed_with_slot
from app.planning.arranging.queries import planning
from app.planning.arranging.queries.asking import Advice, CountryHours, advice
from app.planning.arranging.queries.planning import PeopleChoices, people_choices
from app.planning.arranging.queries.plans import entries_offered, lacks_of
from app.planning.arranging.queries.requests import open_request
from app.planning.arranging.rules.plans import NotReady
from app.planning.arranging.rules.requests import can_be_lifted, decide_by, refused
from app.planning.arranging.rules.seats import is_delegate
from app.planning.arranging.views.tabs import event_port
from app.planning.events import policy
from app.planning.events.values import (
    EXCLUSIVE_KINDS,
    EventDetail,
    EventDraft,
    EventKind,
    EventStatus,
    Mode,
    PersonRole,
)
from app.planning.holidays.queries import invited_countries
from app.planning.scheduling import policy as scheduling_policy
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import Approver, Finding, FreeSlot, Severity
from app.planning.scheduling.wording import sentence
from app.web.fields import Typed
from app.web.guards import current_actor
from app.web.letters_ahead import LettersAhead, letters_ahead
from app.web.locale import language_name, reader_language, reader_timezone
from app.web.looking import record_when_sent
from app.web.render import by_name, hours_text, span_text, zone_choices, zone_label

# The folded parts of the planning form: one line each, so that nobody opens them in vain.


@dataclass(frozen=True)
class Fold:
    """`summary` is one line; `is_missing`: it says what readers will miss; `is_open`: an error or
    an unusual answer stands inside.
    """

    summary: str
    is_missing: bool = False
    is_open: bool = False


def folds_of(form: PlanForm, language: Language, *, room: str = "") -> dict[str, Fold]:
    """Returns the folds by name: cycle, plan, room, access, texts. `room`: the meeting program in
    which one is created on publishing, "" for none.
    """
    return {
        "cycle": _cycle(form),
        "plan": _plan(form),
        "room": _room(form, room),
        "access": _access(form),
        "texts": _texts(form, language),
    }


def _has_errors(*fields: wtforms.Field) -> bool:
    return any(field.errors for field in fields)


def _names(field: wtforms.Field) -> list[str]:
    """Returns the labels of what is chosen."""
    chosen = field.data if isinstance(field.data, list) else [field.data]
    return [str(label) for value, label in field.choices if value and value in (chosen or ())]


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _cycle(form: PlanForm) -> Fold:
    fields = (form.prepares, form.follows_up, form.congress_of, form.side_event_of)
    said = _joined(
        f"{field.label.text}: {', '.join(names)}" for field in fields if (names := _names(field))
    )
    return Fold(said or _("Not part of a congress cycle"), is_open=_has_errors(*fields))


def _plan(form: PlanForm) -> Fold:
    said = _joined(
        (
            *_names(form.plan_entry_id),
            *_names(form.gender_marker),
            form.decision_ref.data or "",
        )
    )
    return Fold(
        said or _("Not under an entry of the plan"),
        is_open=_has_errors(form.plan_entry_id, form.gender_marker, form.decision_ref),
    )


def _room(form: PlanForm, offered: str) -> Fold:
    needs_link = form.mode.data != Mode.IN_PERSON and not form.join_url.data
    said = _joined(
        (
            *_names(form.mode),
            form.place.data or "",
            *_names(form.licence),
            _without_link(offered) if needs_link else "",
        )
    )
    return Fold(
        said,
        is_missing=needs_link and not offered,
        is_open=_has_errors(form.mode, form.place, form.licence, form.join_url),
    )


def _without_link(offered: str) -> str:
    if offered:
        return str(_("%(program)s, created on publishing", program=offered))
    return str(_("the link to join is missing"))


def _access(form: PlanForm) -> Fold:
    countries = form.countries.data or ()
    is_usual = form.kind.data == EventKind.WEBINAR
    said = _joined(
        (
            "" if is_usual else ", ".join(_names(form.kind)),
            _("%(count)s countries", count=len(countries))
            if countries
            else _("All countries of the region"),
            _("%(count)s places", count=form.capacity.data) if form.capacity.data else "",
            _("delegates required") if form.needs_delegates.data else "",
            _("confidential") if form.is_confidential.data else "",
        )
    )
    fields = (form.kind, form.countries, form.capacity, form.needs_delegates, form.is_confidential)
    return Fold(said, is_open=_has_errors(*fields))


def _texts(form: PlanForm, language: Language) -> Fold:
    titles, summaries = form.title, form.summary
    missing = [
        _("the title in %(language)s", language=language_name(code))
        for code in languages()
        if code != language and not titles.in_(code).data
    ]
    missing += [
        _("the description in %(language)s", language=language_name(code))
        for code in languages()
        if not summaries.in_(code).data
    ]
    said = _("Missing: %(texts)s", texts=", ".join(missing)) if missing else _("Complete")
    fields = [titles.in_(code) for code in languages() if code != language]
    return Fold(
        said,
        is_missing=bool(missing),
        is_open=_has_errors(*fields, *(summaries.in_(code) for code in languages())),
    )


# Which people of the directory a planner has been shown, sealed into the form. A number alone
# tells nobody's name: whoever could send any would read the directory by counting.

FIELD = "shown"


def choose_people(db: Session, *, chosen: Collection[int], words: str) -> PeopleChoices:
    """Returns the people whom this planner may choose from, and puts on record whom the search has
    brought.
    """
    actor, now = current_actor(), clock.now()
    choices = people_choices(db, actor=actor, chosen=chosen, words=words, now=now)
    record_people_shown(choices.found)
    return choices


def record_people_shown(person_ids: Collection[int]) -> None:
    """Puts on record that the actor is shown the names of these people, once the page is sent."""
    if person_ids:
        actor, now = current_actor(), clock.now()
        record_when_sent(lambda db: record_lookup(db, actor=actor, person_ids=person_ids, now=now))


def note_of(choices: PeopleChoices) -> str:
    """Returns why nobody of other countries was found, in the reader's language; empty where
    nothing is to be said.
    """
    return say(reader_language(), choices.note) if choices.note else ""


def seals(person_ids: Iterable[int]) -> dict[int, str]:
    """Returns for each person the value of a hidden field; of use to nobody but this planner."""
    signer = platform().keys.signer(_salt())
    return {person_id: signer.sign(str(person_id)).decode() for person_id in person_ids}


def shown_in(typed: Typed) -> frozenset[int]:
    """Returns the people whose seals came back whole."""
    person_ids, signer = set(), platform().keys.signer(_salt())
    for value in typed.getlist(FIELD):
        try:
            person_ids.add(int(signer.unsign(value)))
        except (BadSignature, UnicodeEncodeError):
            continue
    return frozenset(person_ids)


def _salt() -> str:
    return f"people shown to {current_actor().account_id}"


EDITION = N_("Edition %(label)s")
NONE_CHOSEN = N_("None")
OWN_GROUP = N_("You plan for %(group)s, which is ticked now. Check it and press the button again.")
OWN_GROUPS = N_("Tick one or more of your groups: %(groups)s.")
THE_SAME_AS_BEFORE = N_("The same as before")
TAKEN = N_("Taken")
TAKEN_BUT = N_("Taken; only the presidency can authorise it")
NEEDS_A_REASON = N_("Free only with a reason")
OPEN_CHECKLIST = N_("Open the checklist of the edition")


@dataclass(frozen=True)
class PlanningPage:
    """What the planning page is about: a new event, or one that exists."""

    form: PlanForm
    event: EventDetail | None

    @property
    def base(self) -> EventDraft | None:
        return self.event.as_draft() if self.event else None

    @property
    def event_id(self) -> UUID | None:
        return self.event.id if self.event else None


def page_of(
    db: Session,
    typed: Typed | None,
    event: EventDetail | None,
    suggested: Mapping[str, str] | None = None,
    wished: Timespan | None = None,
) -> PlanningPage:
    """Returns the form as typed (a pressed slot already taken), or as the event is, with what may
    be chosen.

    `suggested`: what the address of the page proposes for a form that nobody has typed in yet.
    `wished`: another time than that of the event, for which the presidency is to be asked.
    """
    actor, language = current_actor(), reader_language()
    if typed is not None and "slot" in typed:
        typed = typed_with_slot(typed)
    base = event.as_draft() if event else None
    shown = replace(base, span=wished) if base and wished else base
    form = PlanForm(typed, data=answers_of(shown) if shown else None)
    to_come = planning.editions_to_come(db, today=clock.today())
    groups = planning.groups_for(db, actor=actor)
    form.group_marks = {group.slug: (group.code, group.look) for group in groups}
    short = current_body().short_names
    form.group_short = {
        group.slug: short.get(group.slug, group.name).in_(language) for group in groups
    }
    form.offer(
        kinds=_named(
            wording.KINDS,
            language,
            leaving_out=() if leads_the_region(actor) else EXCLUSIVE_KINDS,
        ),
        zones=zone_choices(*([base.timezone] if base else [])),
        groups=[(group.slug, group.name.in_(language)) for group in groups],
        editions=[
            (edition.slug, translate(language, EDITION, label=edition.label))
            for edition in reversed(planning.editions(db))
        ],
        editions_to_come=to_come,
        modes=_named(wording.MODES, language),
        nothing=translate(language, NONE_CHOSEN),
        countries=[
            (country.code, country.name.in_(language)) for country in by_name(invited_countries(db))
        ],
        licences=[(key, name.in_(language)) for key, name in planning.licences(db)],
        main_events=_main_events(db, base, language),
        plan_entries=plan_entries(db, base, language),
    )
    if typed is not None:
        form.read_rest(typed)
        known = shown_in(typed) | {person.person_id for person in (base.people if base else ())}
        form.people = tuple(person for person in form.people if person.person_id in known)
    elif event is not None:
        form.people, form.seen = event.as_draft().people, event.mark
    if base is not None and base.date_precision not in EXACT and form.says_no_date:
        form.leave_date_open()
    if event is None:
        form.title.in_(language).flags.required = True
    if typed is None:
        form.suggest(suggested or {}, is_new=event is None)
    return PlanningPage(form, event)


def are_own_groups(form: PlanForm) -> bool:
    """Returns True when the actor may plan for the groups ticked.

    Otherwise says so at the field; a convenor's only group is ticked for them.
    """
    actor, field = current_actor(), form.groups
    if policy.may_plan_for(actor, field.data or ()) or not any(
        actor.acts_as(Role.CONVENOR, s) for s, _ in field.choices
    ):
        return True
    if len(field.choices) == 1:
        field.data = [field.choices[0][0]]
        sentence = translate(reader_language(), OWN_GROUP, group=field.choices[0][1])
    else:
        sentence = translate(
            reader_language(), OWN_GROUPS, groups=", ".join(name for _, name in field.choices)
        )
    field.errors = [*field.errors, sentence]
    return False


def plan_entries(db: Session, base: EventDraft | None, language: Language) -> list[tuple[str, str]]:
    """Returns the entries of the plans of this year and the two after it, as one plans ahead, and
    the entry that stands.
    """
    year, standing = clock.today().year, base.plan_entry_id if base else None
    entries = entries_offered(db, actor=current_actor(), years=range(year, year + 3), also=standing)
    return [(str(entry.id), f"{entry.year} · {entry.title.in_(language)}") for entry in entries]


def plan_page(
    page: PlanningPage,
    *,
    status: int = 200,
    refusals: Sequence[str] = (),
    is_asking: bool = False,
) -> tuple[str, int]:
    """Returns the planning page with its status. `is_asking`: somebody comes to ask for
    authorization, so that box is open.
    """
    language = reader_language()
    with reading() as db:
        html = render_template(
            "planning/arranging/plan.html",
            form=page.form,
            event=page.event,
            refusals=refusals,
            is_asking=is_asking,
            panel=panel_of(db, page),
            is_draft=is_draft(page),
            folds=folds_of(page.form, language, room=event_port().room_offer(db)),
            language=language,
            new_id=page.form.new_id or uuid4(),
            page_has_errors=status >= 400,  # noqa: PLR2004
            **people_of(db, page.form),
        )
    return html, status


def people_of(db: Session, form: PlanForm) -> dict[str, Any]:
    """Returns the people ticked and found, for events/_people.html."""
    roles = {one.person_id: one.role for one in form.people if not is_delegate(one.seat)}
    choices = choose_people(db, chosen=roles.keys(), words=form.people_words)
    return {
        "people": choices.people,
        "people_note": note_of(choices),
        "chosen": roles,
        "seals": seals(person.id for person in choices.people),
        "people_words": form.people_words,
        "are_enough": planning.are_enough(form.people_words),
        "roles": _named(wording.PERSON_ROLES, reader_language()),
        "usual_role": PersonRole.SPEAKER,
    }


def panel_of(db: Session, page: PlanningPage) -> dict[str, Any] | None:
    """Returns the answer to "is this time free?", or None while the question is not complete."""
    try:
        draft = page.form.draft(page.base)
        if draft.span is None:
            return None
        advised = advice(
            db,
            actor=current_actor(),
            draft=draft,
            span=draft.span,
            now=clock.now(),
            event_id=page.event_id,
            overrides=page.form.overrides,
        )
    except InvalidInput:
        return None
    language = reader_language()
    is_past = draft.span.ends_at <= clock.now() and may_be_recorded(page)
    is_refused, stands = advised.is_refused, confirmable(advised.findings)
    findings = wording.findings_in_words(
        advised,
        reader_timezone=reader_timezone(),
        may_see_title=leads_the_region(current_actor()),
    )
    return {
        "took_place": page.form.took_place if is_past else None,
        "ahead": _letters_ahead(db, page.event, draft),
        "lacking": _lacking(db, page, draft, language),
        "understood": _understood(draft.span, draft.timezone, language),
        "heading": translate(language, heading_of(advised)) if is_refused else "",
        "findings": [_finding(*found, language) for found in findings],
        "may_confirm": stands,
        "ask": _asking(db, page, draft, advised, language) if is_refused else None,
        "may_publish": not is_refused or _may_confirm_all(advised),
        "reason": page.form.override_reason,
        "slots": [_slot(slot, draft.timezone, language) for slot in advised.slots],
        "has_no_slots": advised.is_refused and not advised.slots,
        "hours": sorted(
            (_hours(row, language) for row in advised.hours), key=lambda row: sort_key(row["name"])
        ),
    }


def may_ask(findings: Sequence[Finding], breach: Refusal | None = None) -> bool:
    """Returns True where the presidency, and not the reader alone, may let stand what refuses a
    time.
    """
    refused_findings = refused(findings)
    is_readers = all(map(_may_confirm, refused_findings))
    return (
        bool(refused_findings)
        and breach is None
        and can_be_lifted(refused_findings)
        and not is_readers
    )


def asking_page(event_id: UUID, span: Timespan) -> str:
    """Returns the address where the presidency is asked for that time of an event, the box open."""
    return url_for(
        "events.edit",
        event_id=event_id,
        ask=span.starts_at.isoformat(),
        until=span.ends_at.isoformat(),
        _anchor="ask",
    )


def _may_confirm_all(advised: Advice) -> bool:
    """Returns True where the reader may let all that refuses the time stand."""
    return advised.breach is None and all(_may_confirm(one) for one in refused(advised.findings))


def _asking(
    db: Session, page: PlanningPage, draft: EventDraft, advised: Advice, language: Language
) -> dict[str, Any] | None:
    """Returns how the presidency can be asked for a refused time; None where it may not allow it
    either, where the reader may allow it alone, and where a published event would stay at its time.
    """
    span, event, now = draft.span, page.event, clock.now()
    if span is None or advised.breach is not None or not can_be_lifted(advised.findings):
        return None
    is_move = event is not None and event.status is EventStatus.PUBLISHED
    if _may_confirm_all(advised) or (is_move and event is not None and span == event.span):
        return None
    page.form.ask_reason.flags.required = True
    return {
        **presidency_shown(db, language),
        "reason": page.form.ask_reason,
        "decide_by": moment_text(decide_by(now, span.starts_at), language),
        "is_move": is_move,
        "standing": open_request(db, event.id, now=now) if event is not None else None,
    }


def presidency_shown(db: Session, language: Language) -> dict[str, Any]:
    """Returns who decides, by name and country; where nobody does, who can say who does."""
    names = current_body().country_names
    people = in_office(db, Role.PRESIDENCY, today=reference_day(clock.now()))
    organizers = () if people else in_office(db, Role.ORGANIZER, today=reference_day(clock.now()))
    return {
        "presidency": [
            (one.name, names[one.scope].in_(language) if one.scope in names else "")
            for one in people
        ],
        "who_may": [one.name for one in organizers],
    }


def moment_text(at: datetime, language: Language) -> str:
    """Returns a day and an hour by the reader's clock, in short."""
    local = at.astimezone(ZoneInfo(reader_timezone()))
    return f"{format_skeleton('MMMEd', local, locale=date_locale(language))}, {local:%H:%M}"


def _letters_ahead(
    db: Session, event: EventDetail | None, draft: EventDraft
) -> LettersAhead | None:
    """Returns who would be told of another time or place; None where nothing of it changes, and for
    a draft.
    """
    if event is None or event.status is not EventStatus.PUBLISHED:
        return None
    if (draft.span, draft.timezone, draft.place) == (event.span, event.timezone, event.place):
        return None
    return letters_ahead().if_moved(
        db, event.id, span=draft.span, timezone=draft.timezone, place=draft.place
    )


def heading_of(advised: Advice) -> str:
    """Returns in a few words (msgid) what a refusal means for whoever plans."""
    refusing = [finding for finding in advised.findings if finding.is_refused]
    if advised.breach is not None or any(f.severity is Severity.BLOCK for f in refusing):
        can_be_let = advised.breach is None and all(
            f.approver is not Approver.NOBODY for f in refusing
        )
        return TAKEN_BUT if can_be_let else TAKEN
    return NEEDS_A_REASON


def _understood(span: Timespan, timezone: str, language: Language) -> str:
    """Returns how the typed date and hours were read, with their zone."""
    zone = zone_label(timezone, span.starts_at, language)
    return f"{span_text(span, timezone, language)}, {zone}"


def may_be_recorded(page: PlanningPage) -> bool:
    """Returns True where somebody must say that a past date is meant.

    What is published needs no word: before it begins it moves to hours to come only, and afterwards
    its hours are corrected.
    """
    return is_draft(page)


def is_draft(page: PlanningPage) -> bool:
    """Returns True for an event that is not published, and for one that is not saved yet."""
    return page.event is None or page.event.status is EventStatus.DRAFT


def _lacking(db: Session, page: PlanningPage, draft: EventDraft, language: Language) -> str:
    """Returns what publishing would be refused for, said while there is time to mend it; "" when
    nothing is missing.
    """
    is_published = page.event is not None and page.event.status is EventStatus.PUBLISHED
    before = page.base if is_published else None
    lacks = lacks_of(db, actor=current_actor(), draft=draft, event_id=page.event_id, before=before)
    return _not_ready(NotReady(lacks), language) if lacks else ""


def _finding(
    severity: Severity, words: LocalizedText, finding: Finding | None, language: Language
) -> dict[str, Any]:
    return {
        "severity": severity,
        "is_refusing": finding is None or finding.is_refused,
        "sentence": words.in_(language),
        "is_overridden": finding is not None and finding.is_overridden,
    }


def confirmable(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Returns as boxes to tick what the reader may let stand with a reason."""
    return [
        _confirmable(finding, reader_language()) for finding in findings if _may_confirm(finding)
    ]


def _may_confirm(finding: Finding) -> bool:
    is_refusing = finding.severity in (Severity.BLOCK, Severity.CONFIRM)
    return is_refusing and scheduling_policy.may_override(current_actor(), finding.approver)


def _confirmable(finding: Finding, language: Language) -> dict[str, Any]:
    """Returns a finding that the reader may let stand, as a box to tick."""
    words = sentence(
        finding,
        reader_timezone=reader_timezone(),
        may_see_title=leads_the_region(current_actor()),
    )
    value = f"{finding.rule}|{finding.against}" if finding.against else str(finding.rule)
    return {"value": value, "label": words.in_(language), "is_ticked": finding.is_overridden}


def sentences_of(refusal: Refusal) -> list[str]:
    """Returns a refusal in the reader's language; a clash finding by finding, what a congress lacks
    with its checklist.
    """
    language = reader_language()
    if isinstance(refusal, NotReady):
        return [_not_ready(refusal, language)]
    if not isinstance(refusal, Clash):
        return [translate(language, refusal.sentence.msgid, **refusal.sentence.params)]
    zone, may_see = reader_timezone(), leads_the_region(current_actor())
    return [
        sentence(f, reader_timezone=zone, may_see_title=may_see).in_(language)
        for f in refusal.findings
    ]


def _not_ready(refusal: NotReady, language: Language) -> str:
    words, more = say(language, refusal.sentence), translate(language, OPEN_CHECKLIST)
    pages = [url_for("cycles.edition", slug=slug, _anchor="checklist") for slug in refusal.editions]
    links = [Markup(' <a href="{}">{}</a>').format(page, more) for page in pages]
    return escape(words) + Markup().join(links)


def _named(
    words: Mapping[StrEnum, str], language: Language, leaving_out: Collection[StrEnum] = ()
) -> list[tuple[str, str]]:
    return [
        (value.value, translate(language, msgid))
        for value, msgid in words.items()
        if value not in leaving_out
    ]


def _main_events(db: Session, base: EventDraft | None, language: Language) -> list[tuple[str, str]]:
    events = planning.main_events(db, actor=current_actor(), now=clock.now())
    offered = [(str(main.id), main.title.in_(language)) for main in events]
    if base is not None and base.side_event_of and str(base.side_event_of) not in dict(offered):
        offered.append((str(base.side_event_of), translate(language, THE_SAME_AS_BEFORE)))
    return offered


def _slot(slot: FreeSlot, timezone: str, language: Language) -> dict[str, str]:
    starts = slot.span.starts_at.astimezone(ZoneInfo(timezone))
    note = zone_label(timezone, slot.span.starts_at, language)
    return {
        "value": starts.isoformat(),
        "text": span_text(slot.span, timezone, language),
        "note": note,
    }


def _hours(row: CountryHours, language: Language) -> dict[str, Any]:
    local = hours_text(row.starts, row.ends, row.country.timezone)
    if row.starts.date() != row.ends.date():
        first, last = (
            format_skeleton("Ed", at, locale=date_locale(language)) for at in (row.starts, row.ends)
        )
        local = f"{first}, {row.starts:%H:%M} – {last}, {row.ends:%H:%M}"
    return {
        "code": row.country.code,
        "name": row.country.name.in_(language),
        "from": row.starts.hour * 60 + row.starts.minute,
        "minutes": int((row.ends - row.starts).total_seconds() // 60),
        "local": local,
        "state": row.part,
        "note": row.holiday.in_(language) if row.holiday else None,
    }
