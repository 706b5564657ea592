"""An official's own registration: the panel on the event's page, cancelling, undoing, the pass."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import ntranslate, say, translate
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Refusal
from app.kernel.text import N_, Language, languages
from app.participation.registrations.forms import ConsentForm
from app.participation.registrations.queries.capacity import (
    EventCapacity,
    OwnRegistration,
    event_capacity,
)
from app.participation.registrations.queries.entitlement import Entitled, entitled
from app.participation.registrations.queries.registrations import my_webinars as webinars_of
from app.participation.registrations.rules import (
    SENTENCES,
    Capacity,
    PromotedMeanwhile,
    has_entrance,
    require_in_time,
    require_not_over,
    require_open,
)
from app.participation.registrations.services import registering
from app.participation.registrations.values import (
    CONSENT_VERSION,
    REQUIRED_CONSENT,
    Origin,
    RegistrationStatus,
)
from app.participation.registrations.views import bp
from app.planning.arranging.rules.clock import JOIN_OPENS_BEFORE
from app.planning.arranging.views.event import event_page
from app.planning.events.policy import may_plan_for
from app.planning.events.queries.events import event_of, sees
from app.planning.events.queries.people import length_of, own_minutes
from app.planning.events.values import EventDetail, EventStatus
from app.planning.programme.views.feeds import address
from app.web.guards import current_actor, requires, signed_in
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language, reader_timezone
from app.web.qr import qr_picture
from app.web.render import day_text, short_day_text, zone_label
from app.web.undo import MinuteIsOver, flash_undoable, let_letters_wait, undone

FRESH = {
    RegistrationStatus.REGISTERED: N_("You have a place."),
    RegistrationStatus.WAITING: N_(
        "You are on the waiting list. We will write to you as soon as you have a place."
    ),
    RegistrationStatus.PENDING: N_(
        "Your request is with the organizers. We will write to you when they have decided."
    ),
}
ALREADY = {
    RegistrationStatus.REGISTERED: N_("You already had a place; it is still yours."),
    RegistrationStatus.WAITING: N_("You are already on the waiting list; you keep your turn."),
    RegistrationStatus.PENDING: N_("The organizers already have your request."),
    RegistrationStatus.DECLINED: N_("The organizers could not give you a place."),
}


@bp.post("/events/<uuid:event_id>/registrations")
@requires(signed_in)
def register(event_id: UUID) -> Any:
    """Registers the reader. Without the required consent the page comes back with the ticks."""
    form = ConsentForm(request.form)
    given: dict[str, Any] = {"purposes": form.purposes, "consent_version": form.version}
    try:
        with reading() as db:
            answer = registering.registered_already(
                db, actor=current_actor(), event_id=event_id, now=clock.now(), **given
            )
        if answer is None:
            with transaction() as db:
                answer = registering.register(
                    db, actor=current_actor(), event_id=event_id, now=clock.now(), **given
                )
    except InvalidInput as refused:
        return event_page(event_id, refused=refused), 422
    flash(
        translate(
            reader_language(), FRESH[answer.status] if answer.is_new else ALREADY[answer.status]
        ),
        "success",
    )
    return redirect(url_for("events.event", event_id=event_id, _anchor="registration"), 303)


@bp.post("/events/<uuid:event_id>/registrations/consent")
@requires(signed_in)
def save_consent(event_id: UUID) -> Any:
    form = ConsentForm(request.form)
    try:
        with transaction() as db:
            registering.agree(
                db,
                actor=current_actor(),
                event_id=event_id,
                purposes=form.purposes,
                consent_version=form.version,
                now=clock.now(),
            )
    except InvalidInput as refused:
        return event_page(event_id, refused=refused), 422
    flash(_("Your consent is recorded."), "success")
    return redirect(url_for("events.event", event_id=event_id, _anchor="registration"), 303)


@bp.post("/events/<uuid:event_id>/registrations/cancellation")
@requires(signed_in)
def cancel_registration(event_id: UUID) -> Any:
    """Cancels the reader's registration. Afterwards a confidential event may be invisible to them."""
    actor, now = current_actor(), clock.now()
    person_id = actor.person_id or 0
    with transaction() as db:
        let_letters_wait(db, now)
        before = registering.status_before(db, event_id=event_id, person_id=person_id)
        was_registered = registering.cancel_registration(
            db, actor=actor, event_id=event_id, now=now
        )
        is_seen = sees(db, actor=actor, event_id=event_id)
        can_undo = was_registered and registering.is_free_again(
            db, event_id=event_id, person_id=person_id
        )
    if can_undo:
        url = url_for("registrations.undo_cancellation", event_id=event_id)
        flash_undoable(_("Your place is free again."), url, person_id, *before)
    else:
        flash(
            _("Your place is free again.")
            if was_registered
            else _("You had no place at this event."),
            "success",
        )
    # At the top of the page, where the message has its button.
    page = url_for("events.event", event_id=event_id)
    return redirect(page if is_seen else url_for("registrations.my_webinars"), 303)


@bp.post("/events/<uuid:event_id>/registrations/cancellation/undo")
@requires(signed_in)
def undo_cancellation(event_id: UUID) -> Any:
    restore_undone(event_id, _("Your registration stands again, as before."))
    with reading() as db:
        is_seen = sees(db, actor=current_actor(), event_id=event_id)
    page = url_for("events.event", event_id=event_id)
    return redirect(page if is_seen else url_for("registrations.my_webinars"), 303)


def restore_undone(event_id: UUID, words: str) -> None:
    """Restores the registration that the undo token names, or says why that is not possible."""
    try:
        person_id, status, since = undone()
        with transaction() as db:
            registering.restore_registration(
                db,
                actor=current_actor(),
                event_id=event_id,
                person_id=person_id,
                status=RegistrationStatus(status),
                waiting_since=datetime.fromisoformat(since) if since else None,
                now=clock.now(),
            )
    except (MinuteIsOver, PromotedMeanwhile) as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    else:
        flash(words, "success")


@bp.get("/my-webinars")
@requires(signed_in)
def my_webinars() -> str:
    with reading() as db:
        own_webinars = webinars_of(db, actor=current_actor())
    now = clock.now()
    coming = [webinar for webinar in own_webinars if webinar.ends_at and webinar.ends_at > now]
    over = [webinar for webinar in reversed(own_webinars) if webinar not in coming]
    return render_template("participation/registrations/my_webinars.html", coming=coming, over=over)


# The part of an event's page that says whether one may come, and how to keep it in one's
# calendar.

NO_LIMIT = N_("There is a place for everybody.")
OPEN_UNTIL = N_("Registration is open until %(day)s, %(hour)s (%(zone)s).")
YOU_WAIT = N_(
    "When a place becomes free, you get it automatically and we write to you. Nobody is moved ahead of you."
)
YOU_WAIT_BY_COUNTRY = N_(
    "When a place becomes free, you get it automatically and we write to you. The waiting list "
    "keeps its order, except that a country whose places are all taken waits for one of its own."
)
WAITS = N_(
    "Anyone who registers now joins the waiting list; a place that becomes free goes to the first person on it."
)
WAS_THERE = N_("You were there for %(minutes)s of %(length)s minutes. Thank you for taking part.")
WAS_ABSENT = N_(
    "The attendance list says that you were not there. If you were, please tell the organizers."
)
NOT_RECORDED = N_("It has ended. Attendance has not been recorded yet.")


@dataclass(frozen=True)
class ConsentChoice:
    value: str
    sentence: str
    is_required: bool
    is_ticked: bool


@dataclass(frozen=True)
class CountryRegistered:
    """How many are registered from a country ("" for none), and how many may be; None for no limit
    of its own.
    """

    code: str
    registered: int
    quota: int | None

    @property
    def longest(self) -> int:
        return max(self.registered, self.quota or 0, 1)


@dataclass(frozen=True)
class RegistrationPanel:
    """What the panel of an event’s page shows. `obstacle`: why nobody may register now, "" when one
    may. `error`: what was wrong with the ticks just sent. `wants_consent`: somebody else registered
    the reader, who confirms. `was_there` is for after the event; `has_minutes`: the reader took
    part. `opens_text`: when the room opens, by the reader's clock. `invites` heads the form.
    """

    own: OwnRegistration | None
    may_cancel: bool
    obstacle: str
    capacity_text: tuple[str, ...]
    deadline: str
    you_wait: str
    button: str
    consents: tuple[ConsentChoice, ...]
    consent_version: str
    wants_consent: bool
    file_url: str
    webcal_url: str
    has_pass: bool
    was_there: str
    error: str = ""
    has_minutes: bool = False
    opens_text: str = ""
    invites: str = ""
    by_country: tuple[CountryRegistered, ...] = ()

    @property
    def is_registered(self) -> bool:
        return self.own is not None and self.own.is_registered


def registration_panel(
    db: Session,
    *,
    event: EventDetail,
    actor: Actor,
    now: datetime,
    language: Language,
    refused: InvalidInput | None = None,
) -> RegistrationPanel | None:
    """Returns what the event's page says of registering; None for an event without an exact date.
    `refused`: what was wrong with the form just sent.
    """
    if event.starts_at is None or event.ends_at is None:
        return None
    known = event_capacity(db, actor=actor, event=event)
    ticked = [
        purpose
        for view in ("registrations.register", "registrations.save_consent")
        for purpose in typed_fields(url_for(view, event_id=event.id)).getlist("consent")
    ]
    file_url = address() + url_for(
        "programme.event_file",
        event_id=event.id,
        lang=language if language != languages()[0] else None,
    )
    registration = known.own
    is_asking = actor.signed_in and registration is None
    own = (
        entitled(db, actor=actor, event=event, country=actor.country, now=now)
        if is_asking
        else None
    )
    attended = (
        _attended(db, event, actor=actor, now=now)
        if registration is not None and registration.is_registered
        else None
    )
    return RegistrationPanel(
        own=registration,
        may_cancel=event.starts_at > now,
        obstacle=_obstacle(event, known, now=now, language=language, own=own),
        capacity_text=_capacity_text(known, language),
        deadline=_deadline(event, known, language),
        you_wait=translate(
            language, YOU_WAIT if known.free_of_country is None else YOU_WAIT_BY_COUNTRY
        ),
        button=_button(known, language),
        consents=_consents(
            ticked if refused or ticked or registration is None else registration.consents, language
        ),
        consent_version=CONSENT_VERSION,
        wants_consent=registration is not None
        and not registration.consent_version
        and registration.origin is not Origin.SELF,
        file_url=file_url,
        webcal_url="webcal://" + file_url.partition("://")[2],
        has_pass=registration is not None and bool(registration.code) and has_entrance(event.mode),
        was_there=_was_there(event, attended, language) if attended else "",
        error=say(language, refused.errors["consent"]) if refused else "",
        has_minutes=bool(attended and attended[0]),
        opens_text=_opens_text(event.starts_at, language),
        invites=translate(
            language, N_("You can register") if known.is_free else N_("There is a waiting list")
        ),
        by_country=_by_country(event, known) if may_plan_for(actor, event.group_slugs) else (),
    )


def _by_country(event: EventDetail, known: EventCapacity) -> tuple[CountryRegistered, ...]:
    """Counts by country, the most first; countries that are invited by name stand here even without
    anybody.
    """
    capacity = known.capacity
    rows = [
        CountryRegistered(code, capacity.registered[code], capacity.limits.quota_of(code))
        for code in {*capacity.registered, *event.countries}
    ]
    return tuple(sorted(rows, key=lambda row: (-row.registered, row.code)))


def _opens_text(starts_at: datetime, language: Language) -> str:
    """Returns the start as "jue, 3 dic, 08:00 (Honduras, UTC−6)"."""
    zone, opens_at = reader_timezone(), starts_at - JOIN_OPENS_BEFORE
    local = opens_at.astimezone(ZoneInfo(zone))
    day = short_day_text(local.date(), "MMMEd", language)
    return f"{day}, {local:%H:%M} ({zone_label(zone, opens_at, language)})"


def _attended(
    db: Session, event: EventDetail, actor: Actor, now: datetime
) -> tuple[int | None, bool] | None:
    """Returns the reader's minutes, and whether anybody's are written down; None before the end."""
    if (
        event.ends_at is None
        or event.ends_at > now
        or event.status is not EventStatus.PUBLISHED
        or not actor.person_id
    ):
        return None
    return own_minutes(db, event_id=event.id, person_id=actor.person_id)


def _was_there(event: EventDetail, attended: tuple[int | None, bool], language: Language) -> str:
    minutes, is_recorded = attended
    if minutes:
        length = length_of(event.starts_at, event.ends_at)
        return translate(language, WAS_THERE, minutes=minutes, length=length)
    return translate(language, WAS_ABSENT if is_recorded else NOT_RECORDED)


def _obstacle(
    event: EventDetail,
    known: EventCapacity,
    now: datetime,
    language: Language,
    own: Entitled | None,
) -> str:
    """Returns why nobody may register now, "" where the reader may. `own` None: nobody is known
    yet.
    """
    try:
        require_not_over(event.status, event.ends_at, now)
        require_open(event.kind, event.status, starts_at=event.starts_at, now=now)
        if own is not None:
            own.require()
        require_in_time(Origin.SELF, known.closes_at, now)
    except Refusal as refusal:
        return say(language, refusal.sentence)
    return ""


def _button(known: EventCapacity, language: Language) -> str:
    if known.needs_approval:
        return translate(language, N_("Ask for a place"))
    return translate(language, N_("Register") if known.is_free else N_("Join the waiting list"))


def _capacity_text(known: EventCapacity, language: Language) -> tuple[str, ...]:
    """Says what there is in total, of the reader's country, and what happens when there is nothing."""
    said = [_in_total(known.capacity, language)]
    if known.free_of_country is not None and known.capacity.free != 0:
        said.append(
            ntranslate(
                language,
                "%(n)s place of your country is free.",
                "%(n)s places of your country are free.",
                known.free_of_country,
            )
        )
    if known.needs_approval:
        said.append(
            translate(language, N_("An organizer decides who takes part; you will hear by e-mail."))
        )
    elif not known.is_free:
        said.append(translate(language, WAITS))
        if waiting := known.capacity.waiting.total():
            said.append(
                ntranslate(
                    language,
                    "%(n)s person is waiting for a place.",
                    "%(n)s people are waiting for a place.",
                    waiting,
                )
            )
    return tuple(said)


def _in_total(capacity: Capacity, language: Language) -> str:
    total, free = capacity.limits.capacity, capacity.free
    if total is None or free is None:
        return translate(language, NO_LIMIT)
    if free == 0:
        return ntranslate(
            language,
            "The only place is taken.",
            "All %(all)s places are taken.",
            total,
            all=total,
        )
    return ntranslate(
        language,
        "%(n)s place of %(all)s is free.",
        "%(n)s places of %(all)s are free.",
        free,
        all=total,
    )


def _deadline(event: EventDetail, known: EventCapacity, language: Language) -> str:
    if known.closes_at is None:
        return ""
    local = known.closes_at.astimezone(ZoneInfo(event.timezone))
    return translate(
        language,
        OPEN_UNTIL,
        day=day_text(local.date(), language),
        hour=f"{local:%H:%M}",
        zone=zone_label(event.timezone, known.closes_at, language),
    )


def _consents(ticked: Collection[str], language: Language) -> tuple[ConsentChoice, ...]:
    return tuple(
        ConsentChoice(
            value=purpose.value,
            sentence=translate(language, msgid),
            is_required=purpose in REQUIRED_CONSENT,
            is_ticked=purpose in ticked,
        )
        for purpose, msgid in SENTENCES[CONSENT_VERSION].items()
    )


# The code that opens the door of an in-person event, as a picture to scan and as letters to read
# out.

GROUPS_OF = 5


@bp.get("/my-webinars/<uuid:event_id>/pass")
@requires(signed_in)
def entry_pass(event_id: UUID) -> AnyResponse | str:
    """Shows the pass on a phone or for print. Readers who have none, because they wait or attend
    online, are led to the event.
    """
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
        own = event_capacity(db, actor=current_actor(), event=event).own
    if own is None or not own.code or not has_entrance(event.mode):
        return redirect(url_for("events.event", event_id=event_id, _anchor="registration"))
    return render_template(
        "participation/registrations/pass.html",
        event=event,
        name=current_actor().name,
        **pass_of(event_id, own.code),
    )


def pass_of(event_id: UUID, code: str) -> dict[str, Any]:
    """Returns what `registrations/pass.html` wants beside the event and the name."""
    link = f"{address()}/events/{event_id}/check-in/{code}"
    parts = [code[start : start + GROUPS_OF] for start in range(0, len(code), GROUPS_OF)]
    return {"picture": qr_picture(link), "parts": parts}
