"""What only the presidency may allow: the page on which it decides, and what those who asked do
with its answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.text import Language
from app.kernel.timespan import Timespan
from app.people.identity.policy import leads_the_region
from app.planning.arranging import wording
from app.planning.arranging.forms import DecisionForm
from app.planning.arranging.queries.asking import Advice, advice
from app.planning.arranging.queries.requests import (
    NeededTwice,
    RequestDetail,
    asked_this_year,
    events_around,
    latest_request,
    needed_twice,
    request_of,
)
from app.planning.arranging.rules import requests as rules
from app.planning.arranging.services.requests import (
    accept_offer,
    authorize,
    decline,
    offer_hour,
    withdraw_request,
)
from app.planning.arranging.views import bp
from app.planning.arranging.views.event import GroupShown
from app.planning.arranging.views.plan_page import (
    moment_text,
    page_of,
    plan_page,
    presidency_shown,
    sentences_of,
)
from app.planning.arranging.wording import NEEDED, ROLES, STATES
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.scheduling.rules.judging import MOST_REASON
from app.planning.scheduling.values import Finding, FreeSlot, PartyKind, Rule
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.render import day_text, hours_text, span_text, zone_label

Answer = Response | tuple[str, int]
BEFORE, SHOWN = timedelta(hours=2), timedelta(hours=6)
LANE_WIDTH = 600


@dataclass(frozen=True)
class Block:
    """A block in a lane; `left` and `width` in units of LANE_WIDTH. Look: clash, asked or ""."""

    left: float
    width: float
    hours: str
    title: str
    look: str


@dataclass(frozen=True)
class HourLane:
    group: GroupShown | None
    blocks: tuple[Block, ...]


@bp.get("/authorizations/<uuid:authorization_id>")
@requires(policy.may_plan)
def authorization(authorization_id: UUID) -> Answer:
    return _page(authorization_id)


@bp.get("/events/<uuid:event_id>/authorization")
@requires(policy.may_plan)
def authorization_of_event(event_id: UUID) -> Response:
    """Leads to the last thing asked about an event, or to the event."""
    with reading() as db:
        event_of(db, actor=current_actor(), event_id=event_id)
        latest = latest_request(db, event_id=event_id)
    page = (
        url_for("events.authorization", authorization_id=latest.id)
        if latest
        else url_for("events.event", event_id=event_id)
    )
    return redirect(page, 303)


@bp.post("/authorizations/<uuid:authorization_id>/authorize")
@requires(policy.may_approve)
def authorization_given(authorization_id: UUID) -> Answer:
    form = DecisionForm(request.form)

    def work(db: Session) -> None:
        authorize(
            db,
            actor=current_actor(),
            request_id=authorization_id,
            reason=form.answer.data or "",
            seen=form.seen.data or "",
            now=clock.now(),
        )

    with reading() as db:
        is_move = request_of(db, actor=current_actor(), request_id=authorization_id).is_move
    has_reason = bool((form.answer.data or "").strip())
    done = (
        _("It is authorized with your reason, and the event has been moved. Whoever asked is told.")
        if is_move
        else _("It is authorized with your reason. Whoever asked is told and can publish it now.")
        if has_reason
        else _("It is authorized. Whoever asked is told and can publish it now.")
    )
    return _answered(authorization_id, work, done, chosen="authorize")


@bp.post("/authorizations/<uuid:authorization_id>/offer")
@requires(policy.may_approve)
def authorization_offered(authorization_id: UUID) -> Answer:
    starts_at = DecisionForm(request.form).hour()
    if starts_at is None:
        return _page(authorization_id, chosen="offer", status=422)

    def work(db: Session) -> None:
        offer_hour(
            db,
            actor=current_actor(),
            request_id=authorization_id,
            starts_at=starts_at,
            now=clock.now(),
        )

    done = _("The other hour is offered. Whoever asked is told and takes it with one press.")
    return _answered(authorization_id, work, done, chosen="offer")


@bp.post("/authorizations/<uuid:authorization_id>/decline")
@requires(policy.may_approve)
def authorization_declined(authorization_id: UUID) -> Answer:
    reason = DecisionForm(request.form).answer.data or ""

    def work(db: Session) -> None:
        decline(
            db,
            actor=current_actor(),
            request_id=authorization_id,
            reason=reason,
            now=clock.now(),
        )

    done = _("It is not authorized. Whoever asked is told, with your reason.")
    return _answered(authorization_id, work, done, chosen="decline")


@bp.post("/authorizations/<uuid:authorization_id>/withdraw")
@requires(policy.may_plan)
def authorization_withdrawn(authorization_id: UUID) -> Answer:
    def work(db: Session) -> None:
        withdraw_request(db, actor=current_actor(), request_id=authorization_id, now=clock.now())

    return _answered(authorization_id, work, _("The request is withdrawn. Nothing was changed."))


@bp.post("/authorizations/<uuid:authorization_id>/accept")
@requires(policy.may_plan)
def authorization_accepted(authorization_id: UUID) -> Answer:
    """Takes the hour that was offered; where it is taken meanwhile, the planning page says by
    whom.
    """
    actor = current_actor()
    try:
        with transaction() as db:
            event_id = accept_offer(db, actor=actor, request_id=authorization_id, now=clock.now())
    except rules.RequestSettled as refusal:
        return _page(authorization_id, refusals=sentences_of(refusal), status=409)
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        with reading() as db:
            event = request_of(db, actor=actor, request_id=authorization_id).event
            page = page_of(db, None, event)
        return plan_page(page, status=409, refusals=sentences_of(refusal))
    flash(_("The event has the hour that the presidency offered."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


def _answered(
    request_id: UUID, work: Callable[[Session], None], done: str, *, chosen: str = ""
) -> Answer:
    """Does what the presidency answered and shows the request; where it is refused, what was typed
    stays.
    """
    try:
        with transaction() as db:
            work(db)
    except InvalidInput as refusal:
        errors = {name: say(reader_language(), one) for name, one in refusal.errors.items()}
        return _page(request_id, chosen=chosen, errors=errors, status=422)
    except NotFound:
        raise
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        sentences = sentences_of(refusal)
        return _page(request_id, chosen=chosen, refusals=sentences, status=409)
    flash(done, "success")
    return redirect(url_for("events.authorization", authorization_id=request_id), 303)


def _page(
    request_id: UUID,
    *,
    chosen: str = "",
    errors: dict[str, str] | None = None,
    refusals: Sequence[str] = (),
    status: int = 200,
) -> Answer:
    """Returns the page of a request. `chosen`: the answer that was tried and refused, to be shown
    open with what was typed.
    """
    actor, now, language = current_actor(), clock.now(), reader_language()
    with reading() as db:
        asked_request = request_of(db, actor=actor, request_id=request_id)
        is_open = asked_request.is_open(now)
        advised = _advice(db, asked_request, now) if is_open else Advice()
        refused = rules.refused(advised.findings)
        others = dict.fromkeys(
            wording.event_id_of(one)
            for one in refused
            if one.other is not None and one.rule != Rule.SAME_GROUP
        )
        twice: dict[UUID, tuple[NeededTwice, ...]] = {
            other: needed_twice(
                db, first=asked_request.event.id, second=other, at=asked_request.span.starts_at
            )
            for other in others
            if other is not None
        }
        lanes = _lanes(db, asked_request, advised) if is_open else None
        given, asked = asked_this_year(db, year=reference_day(now).year)
        deciding = presidency_shown(db, language) if is_open else {}
    may_decide = is_open and policy.may_approve(actor)
    html = render_template(
        "planning/arranging/authorization.html",
        request_shown=asked_request,
        title=_title(asked_request, refused, language),
        when=span_text(asked_request.span, reader_timezone(), language),
        zone=zone_label(reader_timezone(), asked_request.span.starts_at, language),
        asked_at=moment_text(asked_request.asked_at, language),
        decide_by=moment_text(asked_request.decide_by, language),
        answered_at=moment_text(asked_request.answered_at, language)
        if asked_request.answered_at
        else "",
        offered=span_text(asked_request.offered, reader_timezone(), language)
        if asked_request.offered
        else "",
        is_open=is_open,
        is_late=asked_request.state == "open" and not is_open,
        state=STATES[asked_request.state],
        may_decide=may_decide,
        deciding=deciding,
        findings=_sentences(advised, language),
        can_be_lifted=advised.breach is None and rules.can_be_lifted(advised.findings),
        needs_reason=bool(refused),
        twice=twice,
        roles=ROLES,
        needed=NEEDED,
        titles=_titles(refused, language),
        slots=[_slot(one, language) for one in advised.slots],
        seen=rules.findings_mark(asked_request.span, refused),
        lanes=lanes,
        given=given,
        asked=asked,
        chosen=chosen or "authorize",
        typed=DecisionForm(request.form).answer.data or "",
        errors=errors or {},
        refusals=refusals,
        most=MOST_REASON,
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    )
    return html, status


def _advice(db: Session, asked_request: RequestDetail, now: datetime) -> Advice:
    draft = replace(
        asked_request.event.as_draft(), span=asked_request.span, timezone=asked_request.timezone
    )
    return advice(
        db,
        actor=current_actor(),
        draft=draft,
        span=asked_request.span,
        now=now,
        event_id=asked_request.event.id,
    )


def _title(asked_request: RequestDetail, refused: Sequence[Finding], language: Language) -> str:
    """Returns who asks for whose hour, in the short names of the groups."""
    short = current_body().short_names
    names = [short.get(one.slug, one.name).in_(language) for one in asked_request.event.groups]
    asking = ", ".join(names) or f"«{asked_request.event.title.in_(language)}»"
    groups = [
        party
        for one in refused
        for party in one.parties
        if one.other is not None
        and party.kind is PartyKind.WORKING_GROUP
        and party.key not in asked_request.event.group_slugs
    ][:1]
    if groups:
        theirs = ", ".join(short.get(one.key, one.label).in_(language) for one in groups)
        return str(_("%(group)s asks for the hour of %(other)s", group=asking, other=theirs))
    if asked_request.is_move:
        return str(_("%(group)s asks to move its event", group=asking))
    return str(_("%(group)s asks for approval", group=asking))


def _sentences(advised: Advice, language: Language) -> list[tuple[bool, str]]:
    """Returns each finding in words, with whether it refuses the time."""
    sentences = wording.findings_in_words(
        advised,
        reader_timezone=reader_timezone(),
        may_see_title=leads_the_region(current_actor()),
    )
    return [
        (finding is None or finding.is_refused, words.in_(language))
        for _severity, words, finding in sentences
    ]


def _titles(refused: Sequence[Finding], language: Language) -> dict[UUID, str]:
    sees = leads_the_region(current_actor())
    titles: dict[UUID, str] = {}
    for one in refused:
        event_id = wording.event_id_of(one)
        if event_id is not None and one.other is not None:
            hidden = one.other.is_confidential and not sees
            titles[event_id] = _("another meeting") if hidden else one.other.title.in_(language)
    return titles


def _slot(slot: FreeSlot, language: Language) -> dict[str, str]:
    return {
        "value": slot.span.starts_at.isoformat(),
        "text": span_text(slot.span, reader_timezone(), language),
    }


def _lanes(db: Session, asked_request: RequestDetail, advised: Advice) -> dict[str, Any] | None:
    """Returns six hours around the one asked for, a lane for each working group and one for what no
    group convenes; None for what lasts longer than they do.
    """
    zone, language = ZoneInfo(reader_timezone()), reader_language()
    local = asked_request.span.starts_at.astimezone(zone)
    first = local.replace(minute=0, second=0, microsecond=0) - BEFORE
    window = Timespan(first, first + SHOWN)
    if asked_request.span.ends_at > window.ends_at:
        return None
    others = {
        wording.event_id_of(one)
        for one in rules.refused(advised.findings)
        if one.other is not None and one.other.span.overlaps(asked_request.span)
    }
    around = events_around(
        db,
        actor=current_actor(),
        span=window,
        leaving_out=UUID(int=0) if asked_request.is_move else asked_request.event.id,
    )
    body = current_body()
    slugs = [one.slug for one in body.working_groups]

    def block(span: Timespan, title: str, look: str) -> Block:
        starts, ends = max(span.starts_at, window.starts_at), min(span.ends_at, window.ends_at)
        scale = LANE_WIDTH / SHOWN.total_seconds()
        return Block(
            left=round((starts - window.starts_at).total_seconds() * scale, 1),
            width=round((ends - starts).total_seconds() * scale, 1),
            hours=hours_text(span.starts_at, span.ends_at, str(zone)),
            title=title,
            look=look,
        )

    rows: dict[str, list[Block]] = {slug: [] for slug in slugs}
    alone: list[Block] = []
    for one in around:
        title = one.title.in_(language) if one.title else _("another meeting")
        shown = block(one.span, title, "clash" if one.id in others else "")
        own = [slug for slug in one.groups if slug in rows]
        for slug in own:
            rows[slug].append(shown)
        if not own:
            alone.append(shown)
    own_block = block(asked_request.span, asked_request.event.title.in_(language), "asked")
    own = [slug for slug in asked_request.event.group_slugs if slug in rows]
    for slug in own:
        rows[slug].append(own_block)
    if not own:
        alone.append(own_block)
    marks = (
        GroupShown(one.code, f"g{number}", body.short_names.get(one.slug, one.name))
        for number, one in enumerate(body.working_groups, 1)
    )
    lanes = [HourLane(mark, tuple(rows[slug])) for slug, mark in zip(slugs, marks, strict=True)]
    if alone:
        lanes.append(HourLane(None, tuple(alone)))
    return {
        "day": day_text(local.date(), language),
        "hours": [
            f"{first + timedelta(hours=number):%H:%M}"
            for number in range(int(SHOWN.total_seconds() // 3600))
        ],
        "rows": lanes,
        "month": f"{local:%Y-%m}",
    }
