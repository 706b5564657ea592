"""The texts that the office says instead of ours."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.office.outbox.models import LetterText
from app.office.outbox.policy import require_may_see_messages
from app.office.outbox.values import LetterTexts

NO_TEXTS: Mapping[str, LetterTexts] = {}


def texts_by_kind(db: Session, kinds: Collection[str]) -> Mapping[str, LetterTexts]:
    """Not scoped by actor: for letters that are being written."""
    wanted = {kind for kind in kinds if kind}
    if not wanted:
        return NO_TEXTS
    rows = db.scalars(select(LetterText).where(LetterText.kind.in_(wanted)))
    return {row.kind: LetterTexts(row.subject, row.introduction, row.closing) for row in rows}


def changed_texts(db: Session, *, actor: Actor) -> Mapping[str, LetterTexts]:
    """Of all kinds that the office has changed."""
    require_may_see_messages(actor)
    rows = db.scalars(select(LetterText))
    return {row.kind: LetterTexts(row.subject, row.introduction, row.closing) for row in rows}
