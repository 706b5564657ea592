"""Replacing the texts of a kind of letter, and going back to ours."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.office.outbox.facts import LetterTextChanged
from app.office.outbox.models import LetterText
from app.office.outbox.policy import require_may_see_messages
from app.office.outbox.rules.texts import OurTexts, only_changed, require_texts
from app.office.outbox.values import OUR_TEXTS, LetterTexts


def change_texts(
    db: Session, *, actor: Actor, kind: str, texts: LetterTexts, ours: OurTexts, now: datetime
) -> None:
    """From the next letter on. Texts that say the same as ours are not kept; refuses at the field
    what `require_texts` refuses.
    """
    require_may_see_messages(actor)
    require_texts(texts, ours)
    kept = only_changed(texts, ours)
    if kept == OUR_TEXTS:
        reset_texts(db, actor=actor, kind=kind, now=now)
        return
    row = db.get(LetterText, kind, with_for_update=True)
    if row is None:
        row = LetterText(kind=kind)
        db.add(row)
    elif LetterTexts(row.subject, row.introduction, row.closing) == kept:
        return
    row.subject, row.introduction, row.closing = kept.subject, kept.introduction, kept.closing
    row.changed_by, row.changed_at = actor.account_id or None, now
    db.flush()
    journal.record(db, LetterTextChanged(kind, "changed"), actor=actor, now=now)


def reset_texts(db: Session, *, actor: Actor, kind: str, now: datetime) -> None:
    """All of it is ours again."""
    require_may_see_messages(actor)
    row = db.get(LetterText, kind, with_for_update=True)
    if row is None:
        return
    db.delete(row)
    db.flush()
    journal.record(db, LetterTextChanged(kind, "reset"), actor=actor, now=now)
