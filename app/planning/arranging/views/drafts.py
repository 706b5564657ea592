"""Several drafts at once: published, approved, or given the language that is missing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction, trial
from app.infra.once import once
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.planning.arranging.forms import LONGEST, TranslationForm
from app.planning.arranging.services.requests import (
    StepOutcome,
    approve_several,
    publish_several,
    translate_several,
)
from app.planning.arranging.views import bp
from app.planning.arranging.views.plan_page import asking_page, may_ask, sentences_of
from app.planning.events import policy
from app.planning.events.queries.events import drafts_of, missing_translations
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.life import Phase, Step, may_take
from app.planning.events.rules.stages import is_dated
from app.planning.events.values import EventDetail
from app.planning.scheduling.rules.refusals import Clash
from app.web.fields import Typed, uuid_in
from app.web.form_token import press_key
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.letters_ahead import letters_ahead
from app.web.paging import addresses, page_asked

Answer = Response | tuple[str, int]
PUBLISH, APPROVE = "publish", "approve"


@dataclass(frozen=True)
class DraftRow:
    event: EventDetail
    phase: Phase
    may_publish: bool
    may_approve: bool


def draft_rows(db: Session, actor: Actor, now: datetime) -> list[DraftRow]:
    rows = []
    for event in drafts_of(db, actor=actor):
        phase = phase_of_event(event, now)
        plans = policy.may_plan_for(actor, event.group_slugs, event.kind)
        approves = policy.may_approve(actor)
        rows.append(
            DraftRow(
                event=event,
                phase=phase,
                may_publish=plans and may_take(phase, Step.PUBLISH) and is_dated(event),
                may_approve=approves and may_take(phase, Step.APPROVE),
            )
        )
    return rows


@bp.get("/events/drafts")
@requires(policy.may_plan)
def drafts() -> str:
    return _list(())


@bp.post("/events/drafts")
@requires(policy.may_plan)
def drafts_together() -> Answer:
    """Shows without `sure` what would happen to each draft, and writes nothing. With it, does so;
    what was refused stays in the list with its sentence.
    """
    actor, now, act = current_actor(), clock.now(), request.form.get("act", PUBLISH)
    with reading() as db:
        rows = {row.event.id: row for row in draft_rows(db, actor, now)}
    ticked = [event_id for event_id in _ticked() if event_id in rows]
    if not ticked:
        return _list((), error=_("Tick at least one draft.")), 422
    if "sure" not in request.form:
        with trial() as db:
            outcomes = _take(db, act, actor, ticked, now)
            letters = letters_ahead().if_published(db, ticked) if act == PUBLISH else {}
        return _preview(act, rows, outcomes, letters), 200
    with transaction() as db:
        outcomes = _take(db, act, actor, ticked, now)
    done = [outcome for outcome in outcomes if outcome.refusal is None]
    refused = [outcome for outcome in outcomes if outcome.refusal is not None]
    if done:
        flash(_said(act, len(done)), "success")
    if refused:
        return _list(refused), 409
    return redirect(url_for("events.drafts"), 303)


def _take(
    db: Session, act: str, actor: Actor, ticked: Collection[UUID], now: datetime
) -> tuple[StepOutcome, ...]:
    step = approve_several if act == APPROVE else publish_several
    return step(db, actor=actor, event_ids=ticked, now=now)


def _ticked() -> list[UUID]:
    """Returns the events that were ticked. What is no id is left out, as no browser sends it."""
    typed = (uuid_in(text) for text in typed_fields().getlist("event"))
    return [event_id for event_id in typed if event_id is not None]


def _said(act: str, number: int) -> str:
    if act == APPROVE:
        words = ngettext("%(num)s event is approved.", "%(num)s events are approved.", number)
    else:
        words = ngettext("%(num)s event is published.", "%(num)s events are published.", number)
    return str(words)


def reasons_of(outcomes: Sequence[StepOutcome]) -> dict[UUID, list[str]]:
    return {one.event_id: sentences_of(one.refusal) for one in outcomes if one.refusal is not None}


def askable(outcomes: Sequence[StepOutcome], rows: Mapping[UUID, DraftRow]) -> dict[UUID, str]:
    """Returns, for each refused event that only the presidency may allow, the page where it is
    asked or where the question stands.
    """
    pages = {}
    for one in outcomes:
        row = rows.get(one.event_id)
        if row is None or row.event.span is None or not isinstance(one.refusal, Clash):
            continue
        if may_ask(one.refusal.findings):
            pages[one.event_id] = asking_page(one.event_id, row.event.span)
    return pages


def _list(refused: Sequence[StepOutcome], error: str = "") -> str:
    with reading() as db:
        rows = draft_rows(db, current_actor(), clock.now())
    return render_template(
        "planning/arranging/drafts.html",
        rows=rows,
        may_publish=any(row.may_publish for row in rows),
        may_approve=any(row.may_approve for row in rows),
        ticked=_ticked(),
        reasons=reasons_of(refused),
        askable=askable(refused, {row.event.id: row for row in rows}),
        error=error,
        page_has_errors=bool(refused or error),
    )


def _preview(
    act: str,
    rows: Mapping[UUID, DraftRow],
    outcomes: Sequence[StepOutcome],
    letters: Mapping[UUID, Any],
) -> str:
    reasons = reasons_of(outcomes)
    return render_template(
        "planning/arranging/drafts_preview.html",
        act=act,
        rows=[rows[one.event_id] for one in outcomes],
        reasons=reasons,
        askable=askable(outcomes, rows),
        good=[one.event_id for one in outcomes if one.refusal is None],
        letters=letters,
    )


# What readers of the other language cannot read yet (R42): several events translated side by side
# and saved once.

LISTED = 25


@dataclass(frozen=True)
class EventToTranslate:
    """`reasons`: why what was written for it was refused."""

    event: EventDetail
    form: TranslationForm
    reasons: Sequence[str] = ()

    @property
    def is_refused(self) -> bool:
        return bool(self.reasons or self.form.errors)


@bp.get("/events/translations")
@requires(policy.may_translate)
def translations() -> str:
    return _page({})


@bp.post("/events/translations")
@requires(policy.may_translate)
def translate_together() -> Answer:
    """Saves what was written; an empty box stays missing, and what is refused comes back as it was
    typed.
    """
    with reading() as db:
        events = missing_translations(db, actor=current_actor())
    forms = [TranslationForm(event, request.form) for event in events]
    sound = [form for form in forms if form.validate()]
    written = {form.event.id: texts for form in sound if (texts := form.translation()) is not None}
    with transaction() as db:
        outcomes = translate_several(db, actor=current_actor(), texts=written, now=clock.now())
        accepted = len([one for one in outcomes if one.refusal is None])
        # A second press finds nothing left to translate, and says what the first one did.
        done = int(once(db, press_key(), lambda: accepted, now=clock.now()))
    reasons = reasons_of(outcomes)
    if done:
        words = ngettext("%(num)s event was translated.", "%(num)s events were translated.", done)
        flash(words, "success")
    if len(sound) < len(forms):
        return _page(reasons, request.form), 422
    if reasons:
        return _page(reasons, request.form), 409
    if not done:
        flash(_("Nothing was written, so nothing was saved."), "warning")
    return redirect(url_for("events.translations", page=request.args.get("page")), 303)


def _page(reasons: Mapping[UUID, Sequence[str]], typed: Typed | None = None) -> str:
    now = clock.now()
    with reading() as db:
        events = _coming_first(missing_translations(db, actor=current_actor()), now)
    paging = Paging(len(events), LISTED, page_asked())
    rows = [
        EventToTranslate(event, TranslationForm(event, typed), reasons.get(event.id, ()))
        for event in events[paging.offset : paging.last]
    ]
    if typed is not None:
        for row in rows:
            row.form.validate()
    return render_template(
        "planning/arranging/translations.html",
        rows=rows,
        refused=[row for row in rows if row.is_refused],
        paging=paging,
        coming=sum(event.ends_at is not None and event.ends_at > now for event in events),
        address=addresses(),
        longest=LONGEST,
        page_has_errors=any(row.is_refused for row in rows),
    )


def _coming_first(events: Sequence[EventDetail], now: datetime) -> Sequence[EventDetail]:
    """Returns what can still be read in time, soonest first; then the past, latest first; at last
    what has no date.
    """
    coming = [event for event in events if event.ends_at and event.ends_at > now]
    past = [event for event in events if event.ends_at and event.ends_at <= now]
    return (*coming, *reversed(past), *(event for event in events if not event.ends_at))
