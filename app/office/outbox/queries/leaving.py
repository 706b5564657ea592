"""A letter as it leaves: with the keys of its links, which lead to the address of today."""

import json
from dataclasses import replace

from sqlalchemy.orm import Session

from app.infra.installation import SETTINGS, installation
from app.infra.sealing import CannotUnseal, seal, unseal
from app.office.outbox.models import Message
from app.office.outbox.rules.keys import with_keys, without_keys
from app.office.outbox.values import QueuedMessage
from app.planning.programme.exports import imip

PURPOSE = "letter-keys"


def message_to_send(db: Session, message_id: int, *, entry_id: int) -> QueuedMessage | None:
    """Returns the message when it still waits to be sent by the delivery of that fact.

    What is held waits for the office, and what the office sent anew has a delivery of its own: a
    worker that was killed may have left an earlier one to run again.
    """
    found = db.get(Message, message_id)
    if found is None or found.sent_at is not None or found.given_up_at is not None:
        return None
    if found.held_at is not None or found.entry_id != entry_id:
        return None
    message = QueuedMessage(
        id=found.id,
        dedupe=found.dedupe,
        recipient=found.recipient,
        subject=found.subject,
        body=with_keys(found.body, _opened(db, found.sealed_keys)),
        language=found.language,
        created_at=found.created_at,
        calendar=found.calendar,
        calendar_method=found.calendar_method,
        has_attachment=found.has_attachment,
        reply_to=found.reply_to,
        unsubscribe_url=found.unsubscribe_url,
        token=found.token,
    )
    return _as_of_today(db, message, found.site)


def kept_body(db: Session, body: str) -> tuple[str, str]:
    """Returns the text as it is stored, and its keys, sealed; "" where it has none."""
    stored, keys = without_keys(body)
    if not keys:
        return stored, ""
    secret = db.info[SETTINGS].secret
    return stored, seal(json.dumps(keys), secret=secret, purpose=PURPOSE)


def _opened(db: Session, sealed: str) -> list[str]:
    """Returns the keys; none where they were dropped, or where the secret of the application changed."""
    if not sealed:
        return []
    try:
        opened: list[str] = json.loads(
            unseal(sealed, secret=db.info[SETTINGS].secret, purpose=PURPOSE)
        )
    except CannotUnseal:
        return []
    return opened


def _as_of_today(db: Session, message: QueuedMessage, site: str) -> QueuedMessage:
    """The public address and the domain of answers may be others than when it was written."""
    now = installation(db)
    if site and site != now.address:
        message = replace(
            message,
            body=message.body.replace(site, now.address),
            unsubscribe_url=message.unsubscribe_url.replace(site, now.address),
            calendar=imip.replaced(message.calendar, site, now.address),
        )
    mailbox, _, host = message.reply_to.rpartition("@")
    if mailbox and host != now.mail_host:
        organizer = f"{mailbox}@{now.mail_host}"
        calendar = imip.replaced(message.calendar, message.reply_to, organizer)
        message = replace(message, reply_to=organizer, calendar=calendar)
    return message
