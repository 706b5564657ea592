"""Words about training taken elsewhere."""

from collections.abc import Mapping

from app.infra.language import ntranslate, translate
from app.kernel.text import N_, Language
from app.training.recognised.values import (
    CompletionOutcome,
    JudgedLine,
    JudgedList,
    RecognisedSource,
    TrainingState,
)

SOURCES: Mapping[RecognisedSource, str] = {
    RecognisedSource.ECAMPUS: N_("IOM E-Campus"),
    RecognisedSource.MOODLE: N_("Moodle"),
    RecognisedSource.PAPER: N_("In a classroom"),
    RecognisedSource.OTHER: N_("Another platform"),
}
STATES: Mapping[TrainingState, str] = {
    TrainingState.WAITING: N_("Waits for the focal point"),
    TrainingState.ACCEPTED: N_("Recognised"),
    TrainingState.OVER: N_("Counted until its last day"),
    TrainingState.DECLINED: N_("Not accepted"),
    TrainingState.TAKEN_BACK: N_("Taken back"),
}
OUTCOMES: Mapping[CompletionOutcome, str] = {
    CompletionOutcome.RECOGNISED: N_("will be recognised"),
    CompletionOutcome.ASKED: N_("not sure who it is: say so above"),
    CompletionOutcome.OPEN_DAY: N_("the day can be read in two ways: say so above"),
    CompletionOutcome.KNOWN: N_("is on record already"),
    CompletionOutcome.TAKEN_BACK: N_("was taken back or not accepted before, and stays so"),
    CompletionOutcome.NOT_COMPLETED: N_("did not complete the course"),
    CompletionOutcome.NO_DAY: N_("has no day of completion that can be read"),
    CompletionOutcome.FUTURE: N_("has a day that is still to come"),
    CompletionOutcome.OVER: N_("too long ago: it would count no more"),
    CompletionOutcome.AGAIN: N_("another row of this person is newer"),
    CompletionOutcome.OWN: N_("is your own: another focal point, or the secretariat, accepts it"),
    CompletionOutcome.OTHER_COURSE: N_("is another course of this list"),
    CompletionOutcome.LEFT_OUT: N_("left out, as you said"),
    CompletionOutcome.NOBODY: N_("nobody of your country has this name or address"),
}
MARKS: Mapping[CompletionOutcome, str] = {
    CompletionOutcome.RECOGNISED: "check",
    CompletionOutcome.KNOWN: "check",
    CompletionOutcome.ASKED: "warning",
    CompletionOutcome.OPEN_DAY: "warning",
    CompletionOutcome.LEFT_OUT: "dashed",
    CompletionOutcome.OTHER_COURSE: "dashed",
    CompletionOutcome.NOT_COMPLETED: "dashed",
    CompletionOutcome.AGAIN: "dashed",
}
"""The shape beside an outcome; an octagon for every other."""


def outcome(one: JudgedLine, language: Language) -> str:
    return translate(language, OUTCOMES[one.outcome])


def accepted(done: JudgedList, language: Language) -> str:
    """Says what accepting a list did."""
    number = len(done.recognised)
    if not number:
        return translate(language, "Nothing was added: every row gives its reason.")
    return ntranslate(
        language,
        "%(n)d training of another platform is recognised now.",
        "%(n)d trainings of another platform are recognised now.",
        number,
    )


def ahead(done: JudgedList, language: Language) -> str:
    """Says what accepting the list would do."""
    number = len(done.recognised)
    if not number:
        return translate(language, "No row can be accepted as it stands: each gives its reason.")
    return ntranslate(
        language,
        "%(n)d of %(rows)s rows will be recognised; nothing is on record yet.",
        "%(n)d of %(rows)s rows will be recognised; nothing is on record yet.",
        number,
        rows=len(done.lines),
    )
