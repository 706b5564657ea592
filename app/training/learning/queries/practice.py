"""What stands under a screen for practice, with the learner's own answers and private line."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.training.learning.models import CheckAnswer, LessonCheck, LessonNote
from app.training.learning.values import ItemKind


@dataclass(frozen=True)
class CheckOption:
    """`number` counts from 1."""

    number: int
    text: LocalizedText
    feedback: LocalizedText
    is_correct: bool


@dataclass(frozen=True)
class CheckCard:
    """A check with the numbers of the options last chosen; none before the first answer."""

    id: int
    code: str
    kind: ItemKind
    stem: LocalizedText
    options: tuple[CheckOption, ...]
    chosen: frozenset[int]

    @property
    def correct(self) -> frozenset[int]:
        return frozenset(option.number for option in self.options if option.is_correct)

    @property
    def is_right(self) -> bool:
        return self.chosen == self.correct


_CARDS = (
    select(LessonCheck, CheckAnswer.response)
    .outerjoin(
        CheckAnswer,
        and_(
            CheckAnswer.check_id == LessonCheck.id,
            CheckAnswer.enrolment_id == bindparam("enrolment_id"),
        ),
    )
    .where(LessonCheck.unit_id == bindparam("unit_id"), LessonCheck.screen == bindparam("screen"))
    .order_by(LessonCheck.id)
)
_OF_UNIT = (
    select(LessonCheck).where(LessonCheck.unit_id == bindparam("unit_id")).order_by(LessonCheck.id)
)
_NOTE = select(LessonNote.text).where(
    LessonNote.enrolment_id == bindparam("enrolment_id"),
    LessonNote.unit_id == bindparam("unit_id"),
    LessonNote.screen == bindparam("screen"),
)


def checks_under(
    db: Session, *, enrolment_id: UUID, unit_id: int, screen: int
) -> tuple[CheckCard, ...]:
    """Returns the checks under a screen with the answers of an enrolment, the reader's own."""
    at_screen = {"enrolment_id": enrolment_id, "unit_id": unit_id, "screen": screen}
    return tuple(_card(check, response or []) for check, response in db.execute(_CARDS, at_screen))


def checks_of_unit(db: Session, *, unit_id: int) -> dict[int, tuple[CheckCard, ...]]:
    """Returns the checks of a unit by their screen, with nobody's answers."""
    cards: dict[int, tuple[CheckCard, ...]] = {}
    for check in db.scalars(_OF_UNIT, {"unit_id": unit_id}):
        cards[check.screen] = (*cards.get(check.screen, ()), _card(check, []))
    return cards


def _card(check: LessonCheck, response: list[int]) -> CheckCard:
    return CheckCard(
        id=check.id,
        code=check.code,
        kind=ItemKind(check.kind),
        stem=check.stem,
        options=tuple(
            CheckOption(
                number=number,
                text=LocalizedText(option["text"]),
                feedback=LocalizedText(option["feedback"]),
                is_correct=option["correct"],
            )
            for number, option in enumerate(check.options, start=1)
        ),
        chosen=frozenset(response),
    )


def note_at(db: Session, *, enrolment_id: UUID, unit_id: int, screen: int) -> str:
    """Returns the private line at a screen, empty where there is none; the enrolment is the
    reader's own.
    """
    at_screen = {"enrolment_id": enrolment_id, "unit_id": unit_id, "screen": screen}
    return db.scalar(_NOTE, at_screen) or ""
