"""Links accounts to the people whom a single sign-on knows, by its subject and never by an address
of e-mail.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.people.identity.facts import ProviderLinked, ProviderUnlinked
from app.people.identity.models import LinkedSignIn
from app.people.identity.rules import LinkedElsewhere


def link_provider(db: Session, *, actor: Actor, issuer: str, subject: str, now: datetime) -> None:
    """Lets the person whom the provider knows sign in to the actor's account; it replaces an earlier
    link. Raises LinkedElsewhere when they sign in to another account so.
    """
    db.execute(delete(LinkedSignIn).where(LinkedSignIn.account_id == actor.account_id))
    row = LinkedSignIn(account_id=actor.account_id, issuer=issuer, subject=subject, linked_at=now)
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError as error:
        raise LinkedElsewhere from error
    journal.record(db, ProviderLinked(actor.account_id), actor=actor, now=now)


def unlink_provider(db: Session, *, account_id: int, actor: Actor, now: datetime) -> None:
    """Ends this way into an account. Again, it changes nothing."""
    own = delete(LinkedSignIn).where(LinkedSignIn.account_id == account_id)
    if db.scalars(own.returning(LinkedSignIn.account_id)).all():
        journal.record(db, ProviderUnlinked(account_id), actor=actor, now=now)
