"""Asks each country once a quarter who still serves, or how many, and keeps what was chosen until it is confirmed."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.people.directory import policy
from app.people.directory.facts import ConfirmationAsked, ConfirmationReminded, ConfirmationSilent
from app.people.directory.models import (
    Appointment,
    ConfirmationRound,
    Institution,
    Post,
    RosterDraft,
)
from app.people.directory.queries.confirming import countries_answered_for, rounds_on
from app.people.directory.queries.roster import unconfirmed_by_country
from app.people.directory.rules.confirming import QuarterRound, RoundStep, quarter_of, step_on
from app.people.directory.values import RosterChoice

STEPS = {RoundStep.REMIND: ConfirmationReminded, RoundStep.TELL: ConfirmationSilent}


def ask_countries(
    db: Session, *, today: date, now: datetime, to_declare: Collection[str]
) -> tuple[tuple[QuarterRound, RoundStep | None], ...]:
    """Opens the quarter's round of each country that has somebody to confirm, or counts `to_declare`,
    and a focal point, and takes the steps of the day. Returns the rounds that are not over, with the
    step that was taken today. Requirement R26 of the first user.
    """
    lock_by_name(db, "confirmation rounds")  # a second job waits, and finds what the first did
    rounds = rounds_on(db, actor=SYSTEM, on=today, to_declare=to_declare)
    known = {one.country_code for one in rounds}
    answering = countries_answered_for(db, today)
    unconfirmed = dict(unconfirmed_by_country(db, actor=SYSTEM, on=today))
    for code in sorted({*unconfirmed, *to_declare}):
        if code in answering and code not in known:
            row = ConfirmationRound(country_code=code, quarter=quarter_of(today), asked_on=today)
            db.add(row)
            db.flush()
            journal.record(db, ConfirmationAsked(row.id, code, row.quarter), actor=SYSTEM, now=now)
    return tuple(
        _with_step(db, one, today=today, now=now)
        for one in rounds_on(db, actor=SYSTEM, on=today, to_declare=to_declare)
        if one.is_open
    )


def _with_step(
    db: Session, one: QuarterRound, *, today: date, now: datetime
) -> tuple[QuarterRound, RoundStep | None]:
    step = step_on(today, one)
    if step is None:
        return one, None
    row = db.get_one(ConfirmationRound, one.id)
    if step is RoundStep.REMIND:
        row.reminded_on = today
    else:
        row.told_on = today
    db.flush()
    fact = STEPS[step](one.id, one.country_code, one.quarter)
    journal.record(db, fact, actor=SYSTEM, now=now)
    return replace(one, reminded_on=row.reminded_on, told_on=row.told_on), step


def keep_choices(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    choices: Mapping[int, RosterChoice | None],
    now: datetime,
) -> None:
    """Keeps what was chosen for rows of the roster, by appointment; None forgets it. Nothing follows
    from it until it is confirmed. Refuses all when one row is not of this country.
    """
    policy.require_may_keep_roster(actor, country_code)
    there = (
        select(Appointment.id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.id.in_(choices), Institution.country_code == country_code)
    )
    if set(choices) - set(db.scalars(there)):
        raise NotFound
    forget_choices(db, choices)
    rows = [
        {
            "appointment_id": number,
            "said": choice.said,
            "on_text": choice.on_text,
            "post_text": choice.post_text,
            "saved_at": now,
        }
        for number, choice in choices.items()
        if choice is not None
    ]
    if rows:
        db.execute(insert(RosterDraft), rows)


def forget_choices(db: Session, appointment_ids: Collection[int]) -> None:
    db.execute(delete(RosterDraft).where(RosterDraft.appointment_id.in_(appointment_ids)))
