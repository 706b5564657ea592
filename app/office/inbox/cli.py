"""Commands about letters."""

import sys

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from app.infra.language import both
from app.kernel.refusal import Kind, Refusal
from app.office.inbox.forms import LARGEST_MAIL
from app.office.inbox.rules import MailTooLarge
from app.office.inbox.tasks import fetch_mail, receive

UNUSABLE, NO_SUCH_USER, TRY_LATER = 65, 67, 75
"""As sysexits.h has them: a mail server returns the letter for the first two and tries again after
the third.
"""


@click.group("notifications")
def group() -> None:
    """Letters: take answers and returned letters from a mail server, or fetch them."""


@group.command("receive")
@click.option(
    "--recipient", default="", help="The envelope's recipient, when the mail server knows it."
)
@with_appcontext
def receive_(recipient: str) -> None:
    """Take one mail from standard input. Says what it did, or why it is refused, by sentence and
    exit code.
    """
    raw = sys.stdin.buffer.read(LARGEST_MAIL + 1)
    try:
        if len(raw) > LARGEST_MAIL:
            raise MailTooLarge
        click.echo(receive(raw, recipient=recipient).value)
    except Refusal as refusal:
        sentence = both(refusal.sentence.msgid, **refusal.sentence.params)
        click.echo(f"{sentence['es']}\n{sentence['en']}", err=True)
        raise SystemExit(NO_SUCH_USER if refusal.kind is Kind.MISSING else UNUSABLE) from None
    except OperationalError:
        click.echo("The database does not answer: try again later.", err=True)
        raise SystemExit(TRY_LATER) from None


@group.command("fetch")
@with_appcontext
def fetch() -> None:
    """Read what is unread in the mailbox of IMAP_URL, now."""
    click.echo(fetch_mail())
