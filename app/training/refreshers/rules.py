"""Which questions are due, and what an answer does to memory: FSRS, without chance; pure.

FSRS 6 by the package `fsrs`, https://github.com/open-spaced-repetition/py-fsrs: its weights come
from learners of flash cards, so the recall it gives is an estimate.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from fsrs import Card, Rating, Scheduler
from itsdangerous import BadSignature

from app.infra.secret_keys import SecretKeys
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.training.learning.rules.kinds import answered_by
from app.training.learning.values import Answering
from app.training.refreshers.values import MemoryCard, PracticeCheck

LONGEST_DAYS = 150
"""No question rests longer than five months, however well it is known."""
RETENTION = 0.9
NEW = 2
"""Of five questions two are new while there are new ones, so that all modules come round."""
Key = TypeVar("Key", str, int)
ASKED_KINDS = tuple(sorted(answered_by(Answering.CHOOSING)))
LINK, CHOICE = "refresher", "refresher-choice"
SCHEDULER = Scheduler(
    desired_retention=RETENTION,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=LONGEST_DAYS,
    enable_fuzzing=False,
)


class LinkEnded(Refusal):
    kind = Kind.GONE
    rule = "refresher-ended"
    msgid = N_(
        "The time to answer these questions has passed. Nothing is lost: what matters comes round again."
    )


class AlreadyAnswered(Refusal):
    rule = "refresher-answered"
    msgid = N_("You have answered this question already.")


class NothingTicked(Refusal):
    kind = Kind.INVALID
    rule = "refresher-nothing-chosen"
    msgid = N_("Choose an answer first.")


class NothingLearned(Refusal):
    rule = "refresher-nothing-learned"
    msgid = N_("Complete a module first; its questions then come round.")


def refresher_key(keys: SecretKeys, refresher_id: str) -> str:
    """Returns what a letter's link carries: it opens this one refresher and nothing else."""
    return str(keys.serializer(LINK).dumps(refresher_id))


def refresher_of_key(keys: SecretKeys, key: str) -> str | None:
    """Returns None for whatever we did not sign."""
    return _signed(keys, key, LINK, str)


def choice_key(keys: SecretKeys, person_id: int) -> str:
    """Stops and resumes one person's refreshers, for good."""
    return str(keys.serializer(CHOICE).dumps(person_id))


def person_of_choice(keys: SecretKeys, key: str) -> int | None:
    return _signed(keys, key, CHOICE, int)


def _signed(keys: SecretKeys, key: str, salt: str, kind: type[Key]) -> Key | None:
    try:
        value = keys.serializer(salt).loads(key)
    except BadSignature:
        return None
    return value if isinstance(value, kind) else None


def chosen_checks(
    checks: Sequence[PracticeCheck],
    cards: Mapping[tuple[int, str], MemoryCard],
    *,
    wanted: int,
    now: datetime,
    person_id: int,
) -> tuple[PracticeCheck, ...]:
    """Returns the questions of the next refresher: those most likely forgotten first, and two that
    were never asked.

    Where too few are due, it takes those due soonest. The same input gives the same choice.
    """
    new = sorted(
        (one for one in checks if (one.course_id, one.code) not in cards),
        key=lambda one: _shuffled(one, person_id),
    )
    known = sorted(
        (one for one in checks if (one.course_id, one.code) in cards),
        key=lambda one: (
            cards[one.course_id, one.code].due_at > now,
            recall(cards[one.course_id, one.code].state, now),
            one.code,
        ),
    )
    due = [one for one in known if cards[one.course_id, one.code].due_at <= now]
    later = [one for one in known if cards[one.course_id, one.code].due_at > now]
    of_new = _spread(new, max(NEW, wanted - len(due)))
    chosen = [*due[: wanted - min(len(of_new), NEW)], *of_new, *due, *new, *later]
    return tuple(dict.fromkeys(chosen))[:wanted]


def _spread(new: Sequence[PracticeCheck], wanted: int) -> list[PracticeCheck]:
    """Returns the new questions with one of each module before a second of any."""
    rounds: dict[tuple[int, int], int] = {}
    ranked: list[tuple[int, int, PracticeCheck]] = []
    for one in new:
        module = (one.course_id, one.module_number)
        ranked.append((rounds.setdefault(module, 0), len(ranked), one))
        rounds[module] += 1
    return [one for _round, _number, one in sorted(ranked, key=lambda row: row[:2])][:wanted]


def _shuffled(check: PracticeCheck, person_id: int) -> str:
    """Returns a key that sorts in another order for each person, and always in the same."""
    return sha256(f"{person_id}/{check.course_id}/{check.code}".encode()).hexdigest()


def after_answer(
    state: Mapping[str, object] | None, *, is_right: bool, at: datetime
) -> tuple[dict[str, object], datetime]:
    """Returns the card after an answer, and when the question is due again; `state` None: first
    asked.
    """
    card = Card(card_id=1, due=at) if state is None else Card.from_json(json.dumps(dict(state)))
    card, _log = SCHEDULER.review_card(card, Rating.Good if is_right else Rating.Again, at)
    after: dict[str, object] = json.loads(card.to_json())
    return after, card.due


def recall(state: Mapping[str, object], at: datetime) -> float:
    """Returns an estimate of how likely the question would be answered right today, 0 to 1."""
    return SCHEDULER.get_card_retrievability(Card.from_json(json.dumps(dict(state))), at)


def is_right(correct: Collection[int], chosen: Collection[int]) -> bool:
    """Returns True for exactly the right options."""
    return bool(chosen) and set(correct) == set(chosen)


def has_lapsed(answers: Sequence[int], unanswered: int) -> bool:
    """Returns True when the last so many refreshers were all left alone; `answers` counts those of
    each, the newest first.
    """
    return len(answers) >= unanswered and not any(answers[:unanswered])


def ends_at(sent_at: datetime, link_days: int) -> datetime:
    return sent_at + timedelta(days=link_days)
