"""Setting, opening, answering and closing a review of the Guidelines: the only writers of it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import guidelines_version
from app.followup.review import policy, rules
from app.followup.review.facts import (
    GuidelinesAnswered,
    GuidelinesChallengeAdded,
    GuidelinesReviewClosed,
    GuidelinesReviewDated,
    GuidelinesReviewOpened,
)
from app.followup.review.models import GuidelinesReview, ReviewAnswer
from app.followup.review.queries import (
    AUTHORS,
    answer_in,
    answers_of,
    guidelines_review,
    inputs_of,
    section_codes,
    state_of,
)
from app.followup.review.values import (
    NO_WORDS,
    About,
    AnswerDraft,
    ReviewClosure,
    ReviewInput,
    ReviewOutcome,
    ReviewState,
    SectionProposal,
    SeedChallenge,
)
from app.infra import journal
from app.infra.language import translate
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import LocalizedText, in_every_language
from app.people.identity.services.accounts import forget_author
from app.training.library.queries import version_text
from app.training.library.services import open_version


def set_guidelines_review(db: Session, *, actor: Actor, due_on: date, now: datetime) -> int:
    """Sets the day of the review of the newest version, or moves it until it is opened. Returns the
    review's id. Raises GuidelinesReviewSet while it is open, InvalidInput for a day in the past.
    """
    policy.require_may_run_review(actor)
    rules.require_not_past("due_on", due_on, reference_day(now))
    version_id = guidelines_version(db)
    if version_id is None:
        raise NotFound
    return _set(db, version_id, due_on, actor=actor, now=now)


def open_guidelines_review(
    db: Session, *, actor: Actor, review_id: int, answers_until: date, now: datetime
) -> None:
    """Opens a review whose day has come, with the five challenges of the body (R31). A second time
    changes nothing. Raises GuidelinesReviewNotDue.
    """
    policy.require_may_run_review(actor)
    row = _locked(db, review_id)
    today = reference_day(now)
    if state_of(row, today) is ReviewState.OPEN:
        return
    rules.require_due(state_of(row, today))
    rules.require_not_past("answers_until", answers_until, today)
    row.opened_at, row.opened_by, row.answers_until = now, actor.account_id or None, answers_until
    row.challenges = [
        {"key": one.value, "words": _in_words(one).as_dict()} for one in SeedChallenge
    ]
    db.flush()
    journal.record(db, GuidelinesReviewOpened(review_id), actor=actor, now=now)


def add_challenge(
    db: Session,
    *,
    actor: Actor,
    review_id: int,
    words: LocalizedText,
    country: str,
    now: datetime,
) -> str:
    """Adds a challenge of a country, or with country "" of who runs the review, and returns its key.

    The same words again return the key of the first.
    """
    policy.require_may_answer_for(actor, country)
    row = _open(db, review_id, now=now)
    said = rules.require_challenge(words)
    for one in row.challenges:
        if LocalizedText(one["words"]) == said:
            return str(one["key"])
    if len(row.challenges) >= rules.MOST_CHALLENGES:
        raise rules.TooManyChallenges(most=rules.MOST_CHALLENGES)
    key = f"own-{len(row.challenges) + 1}"
    row.challenges = [*row.challenges, {"key": key, "words": said.as_dict()}]
    db.flush()
    fact = GuidelinesChallengeAdded(review_id, key, country)
    journal.record(db, fact, actor=actor, now=now)
    return key


def answer_challenge(
    db: Session,
    *,
    actor: Actor,
    review_id: int,
    key: str,
    words: LocalizedText,
    now: datetime,
    country: str = "",
    seen: str = "",
) -> int:
    """Answers a challenge for the region, or says what a country thinks of it. Returns the answer's
    id; a second answer replaces the first. `seen`: the mark of the draft that the writer began from.
    """
    policy.require_may_answer_for(actor, country)
    row = _open(db, review_id, now=now)
    if key not in {one["key"] for one in row.challenges}:
        raise rules.ChallengeUnknown
    said = rules.require_words(words)
    return _answer(
        db,
        row,
        about=About.CHALLENGE,
        key=key,
        country=country,
        draft=AnswerDraft(said),
        seen=seen,
        actor=actor,
        now=now,
    )


def answer_section(
    db: Session,
    *,
    actor: Actor,
    review_id: int,
    code: str,
    country: str,
    proposal: SectionProposal,
    now: datetime,
    words: LocalizedText = NO_WORDS,
    reason: LocalizedText = NO_WORDS,
    supports_id: int | None = None,
    seen: str = "",
) -> int:
    """Says for a country whether a section is kept, worded otherwise (in own words, or in those of
    the answer `supports_id`) or added. Returns the answer's id; a second answer replaces the first.
    `seen`: the mark of the draft that the writer began from.
    """
    policy.require_may_answer_for(actor, country)
    row = _open(db, review_id, now=now)
    known = {one.id: one for one in answers_of(db, review_id=review_id)}
    supported = known.get(supports_id) if supports_id is not None else None
    if supports_id is not None and (supported is None or supported.country == country):
        raise InvalidInput({"supports": Sentence(rules.NOTHING_TO_SUPPORT)})
    codes = section_codes(db, row.guideline_version_id)
    draft = AnswerDraft(
        words=NO_WORDS if supported else words.map(str.strip),
        proposal=proposal,
        reason=reason.map(str.strip),
        # Who supports a supporter supports the wording itself.
        supports_id=(supported.supports_id or supported.id) if supported else None,
    )
    rules.require_sound_proposal(code, draft, known=codes, supported=supported)
    return _answer(
        db,
        row,
        about=About.SECTION,
        key=code,
        country=country,
        draft=draft,
        seen=seen,
        actor=actor,
        now=now,
    )


def tick_inputs(
    db: Session,
    *,
    actor: Actor,
    review_id: int,
    about: str,
    inputs: frozenset[ReviewInput],
    now: datetime,
    seen: str = "",
) -> None:
    """Sets what contributes to a challenge or a section; what was ticked there before and is not any
    more goes. `seen`: the mark of what was ticked when the boxes were shown.
    """
    policy.require_may_run_review(actor)
    row = _open(db, review_id, now=now)
    standing = [one for one in inputs_of(row) if one.about == about]
    require_as_seen(seen, rules.in_order(standing))
    others = [one for one in row.inputs if one["about"] != about]
    row.inputs = [
        *others,
        *(
            {"kind": one.kind.value, "ref": one.ref, "about": about}
            for one in rules.in_order(inputs)
        ),
    ]
    db.flush()


def close_guidelines_review(
    db: Session,
    *,
    actor: Actor,
    review_id: int,
    closure: ReviewClosure,
    now: datetime,
    seen: str = "",
) -> int | None:
    """Closes a review and sets the day of the next. Returns the id of the next version, None when
    nothing changes.

    Changes open the next version, and the sections that say something else are kept with the review,
    so that lessons which rest on them are flagged. `seen`: the mark of the answers from which the
    changes were chosen. Raises ChallengesUnanswered (R32), GuidelinesReviewNotOpen,
    ChangedMeanwhile, InvalidInput.
    """
    policy.require_may_run_review(actor)
    row, today = _locked(db, review_id), reference_day(now)
    review = guidelines_review(db, actor=SYSTEM, review_id=review_id, today=today)
    rules.require_closable(review, closure, today)
    require_as_seen(seen, review.answers)
    before = version_text(db, review.version_id)
    changes = rules.changed_sections(before.sections, closure.changes)
    version_id = None
    if changes:
        version_id = open_version(
            db,
            actor=actor,
            previous_id=review.version_id,
            label=closure.label,
            adopted_on=today,
            changes=changes,
        )
    row.outcome = ReviewOutcome.REVISE if changes else ReviewOutcome.NO_CHANGE
    row.decision_ref = closure.decision_ref.strip()
    row.changed = [one.code for one in changes]
    row.next_version_id = version_id
    row.closed_at, row.closed_by = now, actor.account_id or None
    db.flush()
    fact = GuidelinesReviewClosed(
        review_id=review_id,
        outcome=row.outcome,
        decision_ref=row.decision_ref,
        changed=tuple(row.changed),
        next_version_id=version_id or 0,
    )
    journal.record(db, fact, actor=actor, now=now)
    _set(db, version_id or review.version_id, closure.next_due_on, actor=actor, now=now)
    return version_id


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Forgets who opened, closed and answered. A second time changes nothing."""
    forget_author(db, person_id, AUTHORS)


def _set(db: Session, version_id: int, due_on: date, *, actor: Actor, now: datetime) -> int:
    standing = select(GuidelinesReview).where(
        GuidelinesReview.guideline_version_id == version_id, GuidelinesReview.closed_at.is_(None)
    )
    row = db.scalar(standing.with_for_update())
    if row is not None and row.opened_at is not None:
        raise rules.GuidelinesReviewSet
    if row is not None and row.due_on == due_on:
        return row.id
    if row is None:
        row = GuidelinesReview(guideline_version_id=version_id, due_on=due_on)
        row.outcome, row.decision_ref = "", ""
        db.add(row)
    row.due_on = due_on
    try:
        with db.begin_nested():
            db.flush()
    except IntegrityError:  # somebody else set it a moment ago
        raise rules.GuidelinesReviewSet from None
    fact = GuidelinesReviewDated(row.id, due_on.isoformat())
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def _locked(db: Session, review_id: int) -> GuidelinesReview:
    """Returns the review with its row locked: who answers and who closes come one after the other."""
    row = db.scalar(
        select(GuidelinesReview)
        .where(GuidelinesReview.id == review_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _open(db: Session, review_id: int, *, now: datetime) -> GuidelinesReview:
    row = _locked(db, review_id)
    rules.require_review_open(state_of(row, reference_day(now)))
    return row


def _answer(
    db: Session,
    review: GuidelinesReview,
    *,
    about: About,
    key: str,
    country: str,
    draft: AnswerDraft,
    seen: str,
    actor: Actor,
    now: datetime,
) -> int:
    row = db.scalar(
        select(ReviewAnswer).where(
            ReviewAnswer.review_id == review.id,
            ReviewAnswer.about == about,
            ReviewAnswer.key == key,
            ReviewAnswer.country_code == country,
        )
    )
    if row is None:
        row = ReviewAnswer(review_id=review.id, about=about, key=key, country_code=country)
    else:
        standing = answer_in(row).as_draft()
        if draft == standing:
            return row.id
        require_as_seen(seen, standing)
    row.proposal = draft.proposal.value if draft.proposal else ""
    row.words, row.reason, row.supports_id = draft.words, draft.reason, draft.supports_id
    row.answered_at, row.answered_by = now, actor.account_id or None
    db.add(row)
    db.flush()
    fact = GuidelinesAnswered(review.id, about.value, key, country, row.proposal)
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def _in_words(challenge: SeedChallenge) -> LocalizedText:
    return in_every_language(lambda language: translate(language, rules.CHALLENGES[challenge]))
