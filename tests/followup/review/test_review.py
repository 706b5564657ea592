"""The review of the Guidelines: due, opened, answered, and closed into the next version."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.followup.review import rules
from app.followup.review.models import GuidelinesReview, ReviewAnswer
from app.followup.review.queries import (
    current_review,
    guidelines_review,
    review_to_see_to,
    sections_of_review,
    sections_to_review_lessons,
)
from app.followup.review.services import (
    add_challenge,
    answer_challenge,
    answer_section,
    close_guidelines_review,
    open_guidelines_review,
    set_guidelines_review,
    tick_inputs,
)
from app.followup.review.values import (
    AnswerDraft,
    InputKind,
    ReviewClosure,
    ReviewInput,
    ReviewOutcome,
    ReviewState,
    SectionProposal,
    SectionStand,
    SeedChallenge,
)
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS, SYSTEM, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.queries import version_text
from app.training.library.values import SectionText
from tests.followup.agreements.world import NOW
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    actor,
    furnish,
)

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.usefixtures("app_context"),
    pytest.mark.at(NOW),
]
TODAY = NOW.date()
NEXT = TODAY + timedelta(days=730)
OF_GUATEMALA = actor(Role.FOCAL_POINT, "GT", 7)
NOTHING_CHANGES = LocalizedText(es="Nada cambia.")
WORDS = LocalizedText(es="…sin importar su acceso a internet.")


def world(db: Session) -> int:
    """The Guidelines of 2019 with two sections. Returns the version."""
    furnish(db)
    version = GuidelineVersion(
        label="2019", title=LocalizedText(es="Lineamientos"), source_note=LocalizedText()
    )
    db.add(version)
    db.flush()
    db.add_all(
        GuidelineSection(
            guideline_version_id=version.id,
            code=code,
            position=position,
            title=LocalizedText(es=f"Sección {code}"),
            summary=LocalizedText(es=f"Qué dice {code}"),
            page=10 + position,
        )
        for position, code in enumerate(("III.1", "III.2"), start=1)
    )
    db.flush()
    return version.id


def opened(db: Session) -> int:
    world(db)
    review = set_guidelines_review(db, actor=ORGANIZER, due_on=TODAY, now=NOW)
    open_guidelines_review(
        db,
        actor=ORGANIZER,
        review_id=review,
        answers_until=TODAY + timedelta(days=60),
        now=NOW,
    )
    return review


def answered(db: Session, review: int, *, but: str = "") -> None:
    for one in guidelines_review(db, actor=ORGANIZER, review_id=review, today=TODAY).challenges:
        if one.key != but:
            answer_challenge(
                db, actor=ORGANIZER, review_id=review, key=one.key, words=NOTHING_CHANGES, now=NOW
            )


def close(db: Session, review: int, **changes: Any) -> int | None:
    given: dict[str, Any] = {"decision_ref": "Decisión 20", "next_due_on": NEXT}
    closure = ReviewClosure(**(given | changes))
    return close_guidelines_review(db, actor=ORGANIZER, review_id=review, closure=closure, now=NOW)


def stand_on(db: Session, review: int, code: str) -> SectionStand:
    shown = guidelines_review(db, actor=OFFICIAL, review_id=review, today=TODAY)
    return next(one.stand for one in sections_of_review(db, shown) if one.stand.code == code)


def test_r31_a_due_review_is_shown_to_who_may_open_it_and_can_be_opened() -> None:
    with transaction() as db:
        world(db)
        ahead = TODAY + timedelta(days=1)
        review = set_guidelines_review(db, actor=ORGANIZER, due_on=ahead, now=NOW)
        until = ahead + timedelta(days=30)
        with pytest.raises(rules.GuidelinesReviewNotDue):
            open_guidelines_review(
                db, actor=ORGANIZER, review_id=review, answers_until=until, now=NOW
            )
        assert review_to_see_to(db, actor=ORGANIZER, country="", today=TODAY) is None
        due = review_to_see_to(db, actor=ORGANIZER, country="", today=ahead)
        assert due is not None
        assert (due.review_id, due.due_on, due.unanswered) == (review, ahead, 0)
        assert review_to_see_to(db, actor=OFFICIAL, country="", today=ahead) is None
        tomorrow = NOW + timedelta(days=1)
        with pytest.raises(NotAllowed):
            open_guidelines_review(
                db, actor=FOCAL_POINT, review_id=review, answers_until=until, now=tomorrow
            )
        for _again in range(2):
            open_guidelines_review(
                db, actor=ORGANIZER, review_id=review, answers_until=until, now=tomorrow
            )
        shown = current_review(db, actor=OFFICIAL, today=ahead)
        assert shown is not None
        assert shown.state is ReviewState.OPEN
        assert [one.key for one in shown.challenges] == list(SeedChallenge)
        assert current_review(db, actor=ANONYMOUS, today=ahead) is None
        told = db.scalars(
            select(JournalEntry.id).where(JournalEntry.fact == "GuidelinesReviewOpened")
        )
        assert len(told.all()) == 1


@pytest.mark.parametrize("key", list(SeedChallenge))
def test_r32_it_is_not_closed_while_one_challenge_is_unanswered(key: SeedChallenge) -> None:
    with transaction() as db:
        review = opened(db)
        answered(db, review, but=key)
        with pytest.raises(rules.ChallengesUnanswered) as refusal:
            close(db, review)
        assert refusal.value.sentence.params == {"count": 1}
        answer_challenge(
            db, actor=ORGANIZER, review_id=review, key=key, words=NOTHING_CHANGES, now=NOW
        )
        assert close(db, review) is None


def test_r32_the_countries_own_challenges_need_an_answer_too() -> None:
    with transaction() as db:
        review = opened(db)
        answered(db, review)
        words = LocalizedText(es="Brecha digital")
        keys = {
            add_challenge(
                db, actor=FOCAL_POINT, review_id=review, words=words, country="HN", now=NOW
            )
            for _press in range(2)
        }
        assert keys == {"own-6"}
        with pytest.raises(rules.ChallengesUnanswered):
            close(db, review)


def test_what_a_country_says_of_a_challenge_is_not_the_answer_of_the_region() -> None:
    with transaction() as db:
        review = opened(db)
        key = SeedChallenge.CLIMATE_CHANGE
        answer_challenge(
            db,
            actor=FOCAL_POINT,
            review_id=review,
            key=key,
            words=NOTHING_CHANGES,
            country="HN",
            now=NOW,
        )
        with pytest.raises(NotAllowed):
            answer_challenge(
                db, actor=FOCAL_POINT, review_id=review, key=key, words=NOTHING_CHANGES, now=NOW
            )
        given = frozenset({ReviewInput(InputKind.ROW, "7", key)})
        tick_inputs(db, actor=ORGANIZER, review_id=review, about=key, inputs=given, now=NOW)
        shown = guidelines_review(db, actor=OFFICIAL, review_id=review, today=TODAY)
        [challenge] = [one for one in shown.challenges if one.key == key]
        assert (challenge.is_answered, challenge.countries, challenge.inputs) == (False, ("HN",), 1)


def test_a_section_is_kept_reworded_or_supported_by_country() -> None:
    with transaction() as db:
        review = opened(db)
        given: dict[str, Any] = {"review_id": review, "code": "III.1", "now": NOW}
        first = answer_section(
            db,
            actor=FOCAL_POINT,
            country="HN",
            proposal=SectionProposal.REWORD,
            words=WORDS,
            **given,
        )
        second = answer_section(
            db,
            actor=OF_GUATEMALA,
            country="GT",
            proposal=SectionProposal.REWORD,
            supports_id=first,
            **given,
        )
        answer_section(
            db,
            actor=SYSTEM,
            country="PA",
            proposal=SectionProposal.REWORD,
            supports_id=second,
            **given,
        )
        answer_section(db, actor=SYSTEM, country="US", proposal=SectionProposal.KEEP, **given)
        stand = stand_on(db, review, "III.1")
        [wording] = stand.wordings
        assert (wording.answer.words, wording.countries) == (WORDS, ("GT", "HN", "PA"))
        assert (stand.keep, len(stand.silent)) == (("US",), 7)
        answer_section(db, actor=FOCAL_POINT, country="HN", proposal=SectionProposal.KEEP, **given)
        stand = stand_on(db, review, "III.1")
        assert (stand.wordings, stand.keep) == ((), ("HN", "US"))
        assert {"GT", "PA"} <= set(stand.silent)


def test_who_began_from_an_answer_that_changed_since_is_told() -> None:
    with transaction() as db:
        review = opened(db)
        key = SeedChallenge.CLIMATE_CHANGE
        given: dict[str, Any] = {"actor": ORGANIZER, "review_id": review, "key": key, "now": NOW}
        first = answer_challenge(db, words=NOTHING_CHANGES, **given)
        seen = mark_of(AnswerDraft(NOTHING_CHANGES))
        assert answer_challenge(db, words=WORDS, seen=seen, **given) == first
        assert answer_challenge(db, words=WORDS, seen=seen, **given) == first, "a second press"
        with pytest.raises(ChangedMeanwhile):
            answer_challenge(db, words=LocalizedText(es="Otra cosa."), seen=seen, **given)
        facts = select(JournalEntry.id).where(JournalEntry.fact == "GuidelinesAnswered")
        assert len(db.scalars(facts).all()) == 2


def test_a_review_is_not_closed_on_wordings_that_changed_since_they_were_read() -> None:
    with transaction() as db:
        review = opened(db)
        answered(db, review)
        shown = guidelines_review(db, actor=ORGANIZER, review_id=review, today=TODAY)
        answer_section(
            db,
            actor=FOCAL_POINT,
            review_id=review,
            code="III.1",
            country="HN",
            proposal=SectionProposal.REWORD,
            words=WORDS,
            now=NOW,
        )
        closure = ReviewClosure(decision_ref="Decisión 20", next_due_on=NEXT)
        given: dict[str, Any] = {"review_id": review, "closure": closure, "now": NOW}
        with pytest.raises(ChangedMeanwhile) as refusal:
            close_guidelines_review(db, actor=ORGANIZER, seen=mark_of(shown.answers), **given)
        close_guidelines_review(db, actor=ORGANIZER, seen=refusal.value.mark, **given)


def test_proposals_that_do_not_fit_the_version_are_refused_at_their_field() -> None:
    with transaction() as db:
        review = opened(db)
        cases: dict[str, dict[str, Any]] = {
            "section": {"code": "IX.1", "proposal": SectionProposal.KEEP},
            "words_es": {"code": "III.1", "proposal": SectionProposal.REWORD},
            "reason_es": {
                "code": "III.1",
                "proposal": SectionProposal.KEEP,
                "reason": LocalizedText(es="x" * 2001),
            },
            "supports": {"code": "III.1", "proposal": SectionProposal.REWORD, "supports_id": 99},
        }
        for code in ("III 11", "iii.11", "III/11", "..", "X" * 21):
            with pytest.raises(InvalidInput) as refusal:
                answer_section(
                    db,
                    actor=FOCAL_POINT,
                    country="HN",
                    review_id=review,
                    code=code,
                    proposal=SectionProposal.ADD,
                    words=WORDS,
                    now=NOW,
                )
            assert set(refusal.value.errors) == {"section"}, code
        for field, given in cases.items():
            with pytest.raises(InvalidInput) as refusal:
                answer_section(
                    db, actor=FOCAL_POINT, country="HN", review_id=review, now=NOW, **given
                )
            assert set(refusal.value.errors) == {field}
        with pytest.raises(NotAllowed):
            answer_section(
                db,
                actor=FOCAL_POINT,
                country="GT",
                review_id=review,
                code="III.1",
                proposal=SectionProposal.KEEP,
                now=NOW,
            )


def test_a_closed_review_opens_the_next_version_and_names_what_changed() -> None:
    with transaction() as db:
        review = opened(db)
        before = guidelines_review(db, actor=ORGANIZER, review_id=review, today=TODAY).version_id
        answered(db, review)
        same = version_text(db, before).sections[1]
        title = LocalizedText(es="Sección III.1")
        changes = (
            SectionText("III.1", title, WORDS),
            same,
            SectionText("III.3", LocalizedText(es="Sección nueva"), WORDS),
        )
        with pytest.raises(InvalidInput):
            close(db, review, changes=changes, label="2028", decision_ref="")
        with pytest.raises(InvalidInput):
            close(db, review, changes=changes, label="2019")
        version = close(db, review, changes=changes, label="2028")
        assert version is not None
        text = version_text(db, version)
        assert [(one.code, one.page, one.is_verified) for one in text.sections] == [
            ("III.1", None, False),
            ("III.2", 12, True),
            ("III.3", None, False),
        ]
        assert sections_to_review_lessons(db, version_id=before) == ("III.1", "III.3")
        assert sections_to_review_lessons(db, version_id=version) == ()
        closed = guidelines_review(db, actor=OFFICIAL, review_id=review, today=TODAY)
        assert (closed.outcome, closed.decision_ref, closed.next_version_id) == (
            ReviewOutcome.REVISE,
            "Decisión 20",
            version,
        )
        following = current_review(db, actor=OFFICIAL, today=TODAY)
        assert following is not None
        assert (following.due_on, following.version_id) == (NEXT, version)
        with pytest.raises(rules.GuidelinesReviewNotOpen):
            close(db, review)


def test_without_a_change_the_version_stands_and_the_next_day_is_set() -> None:
    with transaction() as db:
        review = opened(db)
        answered(db, review)
        assert close(db, review, decision_ref="") is None
        following = current_review(db, actor=OFFICIAL, today=TODAY)
        assert following is not None
        assert (following.state, following.due_on) == (ReviewState.SET, NEXT)


@pytest.mark.parametrize(
    "change",
    [
        update(GuidelinesReview).where(GuidelinesReview.closed_at.is_not(None)).values(outcome=""),
        update(ReviewAnswer).values(words=LocalizedText(es="Otra cosa")),
    ],
    ids=["review", "answer"],
)
def test_a_closed_review_is_kept_by_the_database(change: Any) -> None:
    with transaction() as db:
        review = opened(db)
        answered(db, review)
        close(db, review)
    with pytest.raises(DBAPIError), transaction() as db:
        db.execute(change)


def test_guests_see_no_review() -> None:
    with transaction() as db:
        review = opened(db)
        with pytest.raises(NotFound):
            guidelines_review(db, actor=ANONYMOUS, review_id=review, today=TODAY)
        with pytest.raises(InvalidInput):
            set_guidelines_review(db, actor=ORGANIZER, due_on=date(2020, 1, 1), now=NOW)
        with pytest.raises(rules.GuidelinesReviewSet):
            set_guidelines_review(db, actor=ORGANIZER, due_on=NEXT, now=NOW)


def test_of_two_who_close_at_once_one_does_and_there_is_one_next_version(app: Flask) -> None:
    with transaction() as db:
        review = opened(db)
        answered(db, review)
    barrier = Barrier(2)

    def work(label: str) -> str:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                with transaction() as db:
                    changes = (SectionText("III.1", LocalizedText(es="Otro"), WORDS),)
                    close(db, review, changes=changes, label=label)
            except rules.GuidelinesReviewNotOpen:
                return "refused"
            return "closed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, ("2028", "2029"))) == ["closed", "refused"]
    with reading() as db:
        assert len(db.scalars(select(GuidelineVersion.id)).all()) == 2
