"""What follows from a learner's events, and whether they are all there: pure, so that every
completion can be decided again.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from app.training.learning.rules.progress import edition_is_complete, module_is_complete
from app.training.learning.values import (
    EventLine,
    LearnerProgress,
    LearningVerb,
    Outline,
    UnitReading,
)

GIVEN = (LearningVerb.CREDITED, LearningVerb.EXEMPTED)
"""Verbs that complete a module without its screens and its quiz."""
NO_HASH = ""
"""What stands before the first event of an enrolment."""


def chained(before: str, line: EventLine) -> str:
    """Returns the hash of an event and of all before it, as 64 hexadecimal digits.

    `before` is that of the event before. SHA-256 over JSON without spaces; instants are in UTC.
    """
    told = [
        before,
        line.number,
        str(line.client_id),
        line.verb.value,
        line.edition_id,
        line.unit_id,
        line.module_id,
        line.position,
        str(line.attempt_id) if line.attempt_id else None,
        line.language,
        _instant(line.client_at),
        _instant(line.at),
        dict(line.payload),
    ]
    text = json.dumps(told, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def first_broken(lines: Iterable[tuple[EventLine, str]]) -> int | None:
    """Returns the number of the first event that is missing or is not what it was; None for a whole
    chain.

    `lines` are an enrolment's events in order, each with its hash as kept.
    """
    before = NO_HASH
    for number, (line, kept) in enumerate(lines, start=1):
        if line.number != number or chained(before, line) != kept:
            return number
        before = kept
    return None


def standing_from(outline: Outline, lines: Iterable[EventLine]) -> LearnerProgress:
    """Returns how far a learner is, from events alone; each can only add to what was reached, but
    an attendance that was corrected before its module was complete.
    """
    screens = {unit.id: unit.screens for module in outline.modules for unit in module.units}
    reading: dict[int, UnitReading] = {}
    tried: set[int] = set()
    passed: set[int] = set()
    credited: set[int] = set()
    for line in lines:
        if line.verb in GIVEN and line.module_id is not None:
            credited.add(line.module_id)
        if line.unit_id not in screens:
            continue
        if line.verb is LearningVerb.SEEN:
            last, before = screens[line.unit_id], reading.get(line.unit_id, UnitReading())
            reading[line.unit_id] = UnitReading(
                max(before.screen, min(line.position + 1, last)),
                before.is_done or line.position >= last,
            )
        if line.verb is LearningVerb.CREDITED and line.module_id is None:
            reading[line.unit_id] = UnitReading(screens[line.unit_id], is_done=True)
        if line.verb is LearningVerb.ATTENDED:
            reading[line.unit_id] = UnitReading(1, line.payload.get("counts") is True)
        if line.verb in (LearningVerb.STARTED, LearningVerb.SUBMITTED):
            tried.add(line.unit_id)
        if line.verb is LearningVerb.SUBMITTED and line.payload.get("passed") is True:
            passed.add(line.unit_id)
    return LearnerProgress(reading, frozenset(tried), frozenset(passed), frozenset(credited))


def completions_from(outline: Outline, lines: Iterable[EventLine]) -> frozenset[int | None]:
    """Returns the modules that are complete by today's rule, and None when the whole edition is."""
    standing = standing_from(outline, lines)
    done: set[int | None] = {
        module.id for module in outline.modules if module_is_complete(module, standing)
    }
    return frozenset(done | {None} if edition_is_complete(outline, standing) else done)
