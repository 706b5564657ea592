"""What a reading has to say, in both languages at once: it is kept and shown to readers of either."""

import json
from collections.abc import Iterable
from typing import Any

from app.calendars.values import Problem, ReadProblem
from app.infra.language import both
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText

BUSY = N_("Busy")


def busy() -> LocalizedText:
    return both(BUSY)


def kept_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """As they stand in the table."""
    kept = []
    for problem in problems:
        words = both(problem.sentence.msgid, **problem.sentence.params)
        kept.append({"component": problem.component, "line": problem.line, **words.as_dict()})
    return kept


def read_problems(kept: Iterable[dict[str, Any]]) -> tuple[ReadProblem, ...]:
    return tuple(ReadProblem(one["component"], one["line"], LocalizedText(one["es"], one["en"])) for one in kept)


def kept_error(sentence: Sentence) -> str:
    """As it stands in the table: the msgid with its parameters, so that each reader has it in her language."""
    return json.dumps([sentence.msgid, dict(sentence.params)])


def read_error(kept: str) -> LocalizedText | None:
    if not kept:
        return None
    msgid, params = json.loads(kept)
    return both(msgid, **params)
