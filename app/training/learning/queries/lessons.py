"""What a screen says, in the reader's language or in the one there is."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.refusal import NotFound
from app.kernel.text import Language, as_language
from app.training.learning.models import UnitRendition


@dataclass(frozen=True)
class ScreenText:
    """Markdown, and the language it is in: not always the one asked for."""

    body: str
    language: Language


def screen_text(db: Session, *, unit_id: int, screen: int, language: Language) -> ScreenText:
    """Part of a published edition, so whoever may open the unit may read it."""
    rows = db.execute(
        select(UnitRendition.language, UnitRendition.body).where(
            UnitRendition.unit_id == unit_id, UnitRendition.screen == screen
        )
    )
    bodies = {as_language(found): body for found, body in rows}
    if not bodies:
        raise NotFound
    shown = language if language in bodies else next(iter(bodies))
    return ScreenText(bodies[shown], shown)
