"""Reviews of the Guidelines, and what was answered in them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.followup.review import policy, rules
from app.followup.review.models import GuidelinesReview, ReviewAnswer
from app.followup.review.values import (
    About,
    Challenge,
    GuidelinesAnswer,
    InputKind,
    Review,
    ReviewInput,
    ReviewOutcome,
    ReviewState,
    SectionProposal,
    SectionStand,
)
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Country
from app.people.identity.models import Account
from app.training.library.models import GuidelineSection, GuidelineVersion

AUTHORS: dict[str, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[int | None]]] = {
    "reviews_opened": (GuidelinesReview.id, GuidelinesReview.opened_by),
    "reviews_closed": (GuidelinesReview.id, GuidelinesReview.closed_by),
    "answers_given": (ReviewAnswer.id, ReviewAnswer.answered_by),
}


def reviews(db: Session, *, actor: Actor, today: date) -> tuple[Review, ...]:
    """Returns all reviews, the newest first; none to guests and visitors."""
    if not policy.may_read_review(actor):
        return ()
    ids = db.scalars(select(GuidelinesReview.id).order_by(GuidelinesReview.id.desc()))
    return tuple(guidelines_review(db, actor=actor, review_id=one, today=today) for one in ids)


def current_review(db: Session, *, actor: Actor, today: date) -> Review | None:
    """Returns the review that is set, due or open, if there is one (R31)."""
    if not policy.may_read_review(actor):
        return None
    number = db.scalar(
        select(GuidelinesReview.id)
        .where(GuidelinesReview.closed_at.is_(None))
        .order_by(GuidelinesReview.id.desc())
        .limit(1)
    )
    if number is None:
        return None
    return guidelines_review(db, actor=actor, review_id=number, today=today)


def is_review_due(db: Session, *, actor: Actor, today: date) -> bool:
    """Returns True for who may open a review whose day has come."""
    if not policy.may_run_review(actor):
        return False
    due = select(GuidelinesReview.id).where(
        GuidelinesReview.opened_at.is_(None), GuidelinesReview.due_on <= today
    )
    return db.scalar(due.limit(1)) is not None


def guidelines_review(db: Session, *, actor: Actor, review_id: int, today: date) -> Review:
    """Returns a review with its challenges. Raises NotFound to guests and visitors."""
    row = db.get(GuidelinesReview, review_id)
    if row is None or not policy.may_read_review(actor):
        raise NotFound
    version = db.get_one(GuidelineVersion, row.guideline_version_id)
    inputs = tuple(
        ReviewInput(InputKind(one["kind"]), one["ref"], one["about"]) for one in row.inputs
    )
    answers = [one for one in answers_of(db, review_id=review_id) if one.about is About.CHALLENGE]
    return Review(
        id=row.id,
        version_id=version.id,
        version_label=version.label,
        state=rules.state_of_review(
            row.due_on, opened_at=row.opened_at, closed_at=row.closed_at, today=today
        ),
        due_on=row.due_on,
        opened_at=row.opened_at,
        answers_until=row.answers_until,
        challenges=tuple(
            Challenge(
                key=one["key"],
                words=LocalizedText(one["words"]),
                answer=next((a for a in answers if a.key == one["key"] and not a.country), None),
                countries=tuple(
                    sorted(a.country for a in answers if a.key == one["key"] and a.country)
                ),
                inputs=sum(given.about == one["key"] for given in inputs),
            )
            for one in row.challenges
        ),
        inputs=inputs,
        closed_at=row.closed_at,
        outcome=ReviewOutcome(row.outcome) if row.outcome else None,
        decision_ref=row.decision_ref,
        changed=tuple(row.changed),
        next_version_id=row.next_version_id,
    )


def section_stand(
    db: Session, *, actor: Actor, review_id: int, code: str, today: date
) -> SectionStand:
    """Returns what the countries say of a section in a review, with what contributes to it."""
    review = guidelines_review(db, actor=actor, review_id=review_id, today=today)
    answers = [
        one
        for one in answers_of(db, review_id=review_id)
        if one.about is About.SECTION and one.key == code
    ]
    countries: Sequence[str] = db.scalars(select(Country.code)).all()
    stand = rules.stand_of(code, answers, countries)
    return replace(stand, inputs=tuple(one for one in review.inputs if one.about == code))


def answers_of(db: Session, *, review_id: int) -> tuple[GuidelinesAnswer, ...]:
    """Returns all answers of a review, oldest first. The caller has checked who asks."""
    rows = db.scalars(
        select(ReviewAnswer)
        .where(ReviewAnswer.review_id == review_id)
        .order_by(ReviewAnswer.answered_at, ReviewAnswer.id)
    )
    return tuple(
        GuidelinesAnswer(
            id=row.id,
            about=About(row.about),
            key=row.key,
            country=row.country_code,
            proposal=SectionProposal(row.proposal) if row.proposal else None,
            words=row.words,
            reason=row.reason,
            supports_id=row.supports_id,
            answered_at=row.answered_at,
        )
        for row in rows
    )


def sections_to_review_lessons(db: Session, *, version_id: int) -> tuple[str, ...]:
    """Returns the codes of sections that changed since a version of the Guidelines: lessons of a
    course that rests on it and cite one of them are to be looked at. In order of code.
    """
    changed: set[str] = set()
    following: int | None = version_id
    while following is not None:
        row = db.scalar(
            select(GuidelinesReview)
            .where(
                GuidelinesReview.guideline_version_id == following,
                GuidelinesReview.next_version_id.is_not(None),
            )
            .limit(1)
        )
        changed |= set(row.changed) if row else set()
        following = row.next_version_id if row else None
    return tuple(sorted(changed))


def section_codes(db: Session, version_id: int) -> frozenset[str]:
    return frozenset(
        db.scalars(
            select(GuidelineSection.code).where(GuidelineSection.guideline_version_id == version_id)
        )
    )


def state_of(row: GuidelinesReview, today: date) -> ReviewState:
    return rules.state_of_review(
        row.due_on, opened_at=row.opened_at, closed_at=row.closed_at, today=today
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the ids of what the person answered or decided, by kind."""
    accounts = select(Account.id).where(Account.person_id == person_id)
    return {
        name: [
            str(one) for one in db.scalars(select(key).where(author.in_(accounts)).order_by(key))
        ]
        for name, (key, author) in AUTHORS.items()
    }
