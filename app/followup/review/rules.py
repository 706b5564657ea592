"""When a review of the Guidelines is opened and closed, and what an answer must say; pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from app.followup.review.values import (
    About,
    AnswerDraft,
    GuidelinesAnswer,
    Review,
    ReviewClosure,
    ReviewInput,
    ReviewState,
    SectionProposal,
    SectionStand,
    SeedChallenge,
    Wording,
)
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, field_in
from app.training.library.values import SectionText

CHALLENGES = {
    SeedChallenge.HEALTH_EMERGENCIES: N_("Health emergencies"),
    SeedChallenge.CLIMATE_CHANGE: N_("Climate change"),
    SeedChallenge.MIXED_MOVEMENTS: N_("Mixed movements"),
    SeedChallenge.FORCED_DISPLACEMENT: N_("Forced displacement"),
    SeedChallenge.OTHER: N_("Other challenges"),
}
"""What a challenge of the body is called; those of countries have words of their own."""
LONGEST_WORDS, LONGEST_CHALLENGE, LONGEST_DECISION, LONGEST_CODE = 2000, 160, 120, 20
MOST_CHALLENGES = 20
SECTION_CODE = re.compile(r"[A-Z0-9]+(\.[A-Z0-9]+)*")
"""What a section that would be added may be called: letters and digits with dots between them."""

NO_WORDS = N_("Write the answer. “Nothing changes” is an answer too.")
NO_WORDING = N_("Write the wording that you propose, or support that of another country.")
TOO_LONG = N_("Write at most %(most)s characters.")
NO_CHALLENGE = N_("Name the challenge in a few words.")
NO_DECISION = N_("Write the Decision by which the Guidelines change.")
DAY_IN_THE_PAST = N_("This day is in the past. Choose today or a later day.")
UNKNOWN_SECTION = N_("This section is not in the version under review.")
KNOWN_SECTION = N_("A section of this code is there already. Propose to word it otherwise.")
NOT_A_CODE = N_("Write the code that the section would get, such as III.11.")
NOTHING_TO_SUPPORT = N_("The wording that you support is no longer proposed.")


class GuidelinesReviewNotDue(Refusal):
    rule = "guidelines-review-not-due"
    msgid = N_("The review of the Guidelines is not due yet.")


class GuidelinesReviewNotOpen(Refusal):
    rule = "guidelines-review-not-open"
    msgid = N_("This review is not open.")


class GuidelinesReviewSet(Refusal):
    rule = "guidelines-review-set"
    msgid = N_("This version has a review already. Change its day there.")


class ChallengesUnanswered(Refusal):
    rule = "guidelines-challenges-unanswered"
    msgid = N_("Each challenge needs an answer before the review is closed. Missing: %(count)s.")


class TooManyChallenges(Refusal):
    rule = "guidelines-many-challenges"
    msgid = N_("A review holds at most %(most)s challenges.")


class ChallengeUnknown(Refusal):
    rule = "guidelines-challenge-unknown"
    msgid = N_("This challenge is not in the review. Open the page again.")


def state_of_review(
    due_on: date, *, opened_at: datetime | None, closed_at: datetime | None, today: date
) -> ReviewState:
    """Returns the state on a local day of the secretariat."""
    if closed_at is not None:
        return ReviewState.CLOSED
    if opened_at is not None:
        return ReviewState.OPEN
    return ReviewState.DUE if due_on <= today else ReviewState.SET


def require_due(state: ReviewState) -> None:
    if state is not ReviewState.DUE:
        raise GuidelinesReviewNotDue


def require_review_open(state: ReviewState) -> None:
    if state is not ReviewState.OPEN:
        raise GuidelinesReviewNotOpen


def require_not_past(field: str, day: date, today: date) -> None:
    if day < today:
        raise InvalidInput({field: Sentence(DAY_IN_THE_PAST)})


def require_words(words: LocalizedText, *, field: str = "words") -> LocalizedText:
    """Returns the answer to a challenge, trimmed. Raises InvalidInput for none."""
    said = words.map(str.strip)
    if not said:
        raise InvalidInput({field_in(field): Sentence(NO_WORDS)})
    _require_short(field, said, LONGEST_WORDS)
    return said


def require_challenge(words: LocalizedText) -> LocalizedText:
    said = words.map(str.strip)
    if not said:
        raise InvalidInput({field_in("words"): Sentence(NO_CHALLENGE)})
    _require_short("words", said, LONGEST_CHALLENGE)
    return said


def require_sound_proposal(
    code: str,
    draft: AnswerDraft,
    *,
    known: Collection[str],
    supported: GuidelinesAnswer | None,
) -> None:
    """Raises InvalidInput for a proposal on a section that does not fit the version.

    `known`: the codes of the version; `supported`: the answer whose wording is wanted too.
    """
    errors: dict[str, Sentence] = {}
    proposal = draft.proposal
    if proposal is SectionProposal.ADD and code in known:
        errors["section"] = Sentence(KNOWN_SECTION)
    elif proposal is not SectionProposal.ADD and code not in known:
        errors["section"] = Sentence(UNKNOWN_SECTION)
    elif len(code) > LONGEST_CODE or (
        proposal is SectionProposal.ADD and not SECTION_CODE.fullmatch(code)
    ):
        errors["section"] = Sentence(NOT_A_CODE)
    if supported is not None and (supported.key, supported.proposal) != (code, proposal):
        errors["supports"] = Sentence(NOTHING_TO_SUPPORT)
    if proposal is not SectionProposal.KEEP and supported is None and not draft.words:
        errors[field_in("words")] = Sentence(NO_WORDING)
    if errors:
        raise InvalidInput(errors)
    _require_short("words", draft.words, LONGEST_WORDS)
    _require_short("reason", draft.reason, LONGEST_WORDS)


def in_order(inputs: Iterable[ReviewInput]) -> tuple[ReviewInput, ...]:
    """Returns contributions by kind and key: what is ticked as one comparable value."""
    return tuple(sorted(inputs, key=lambda one: (one.kind, one.ref)))


def require_closable(review: Review, closure: ReviewClosure, today: date) -> None:
    """Raises ChallengesUnanswered (R32), GuidelinesReviewNotOpen, and InvalidInput for a change
    without a Decision.
    """
    require_review_open(review.state)
    if review.unanswered:
        raise ChallengesUnanswered(count=len(review.unanswered))
    errors: dict[str, Sentence] = {}
    if closure.changes and not closure.decision_ref.strip():
        errors["decision_ref"] = Sentence(NO_DECISION)
    if len(closure.decision_ref) > LONGEST_DECISION:
        errors["decision_ref"] = Sentence(TOO_LONG, {"most": LONGEST_DECISION})
    if errors:
        raise InvalidInput(errors)
    require_not_past("next_due_on", closure.next_due_on, today)


def changed_sections(
    before: Iterable[SectionText], changes: Iterable[SectionText]
) -> tuple[SectionText, ...]:
    """Returns those of the changes that say something else than the section does now."""
    known = {one.code: (one.title, one.summary) for one in before}
    return tuple(one for one in changes if known.get(one.code) != (one.title, one.summary))


def stand_of(
    code: str, answers: Sequence[GuidelinesAnswer], countries: Sequence[str]
) -> SectionStand:
    """Returns what countries say of one section. `answers`: those about it, oldest first."""
    own = [one for one in answers if one.country]
    proposed = {one.id: one for one in own if one.proposal is not SectionProposal.KEEP}
    wanted: dict[int, list[str]] = {}
    for one in proposed.values():
        # Who supports a wording that is no longer proposed is asked again.
        if one.supports_id is None or one.supports_id in proposed:
            wanted.setdefault(one.supports_id or one.id, []).append(one.country)
    keep = [one.country for one in own if one.proposal is SectionProposal.KEEP]
    return SectionStand(
        code=code,
        keep=tuple(sorted(keep)),
        wordings=tuple(
            Wording(proposed[number], tuple(sorted(who))) for number, who in wanted.items()
        ),
        silent=tuple(sorted(set(countries).difference(keep, *wanted.values()))),
    )


def stands_of(
    codes: Sequence[str], answers: Sequence[GuidelinesAnswer], countries: Sequence[str]
) -> tuple[SectionStand, ...]:
    """Returns what countries say of each section of a version and of those that would be added, the
    latter last. `answers`: all of a review, oldest first.
    """
    about: dict[str, list[GuidelinesAnswer]] = {code: [] for code in codes}
    for one in answers:
        if one.about is About.SECTION:
            about.setdefault(one.key, []).append(one)
    return tuple(stand_of(code, given, countries) for code, given in about.items())


def _require_short(field: str, words: LocalizedText, most: int) -> None:
    errors = {
        field_in(field, language): Sentence(TOO_LONG, {"most": most})
        for language, text in words.items()
        if len(text) > most
    }
    if errors:
        raise InvalidInput(errors)
