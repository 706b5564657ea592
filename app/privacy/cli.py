"""`flask privacy …`: letting go of what need not be kept; answering a request on the machine itself."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from app.infra import clock
from app.infra.database import transaction
from app.infra.language import say
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Refusal
from app.privacy.services.erasing import erase, take_along
from app.privacy.services.expiring import expire
from app.privacy.values import Retention

group = AppGroup("privacy", help="Retention, copies and erasure of personal data.")
DAYS = click.IntRange(min=1, max=36_500)
DEFAULTS = Retention()


class Refused(click.ClickException):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(say("en", refusal.sentence))


@group.command("expire")
@click.option("--attendance-days", type=DAYS, default=DEFAULTS.attendance, envvar="CONVOCA_KEEP_ATTENDANCE_DAYS",
              show_default=True, help="Who was at an event, from its end on.")  # fmt: skip
@click.option("--answers-days", type=DAYS, default=DEFAULTS.answers, envvar="CONVOCA_KEEP_ANSWERS_DAYS",
              show_default=True, help="What was answered in a quiz; scores stay.")  # fmt: skip
@click.option("--letters-days", type=DAYS, default=DEFAULTS.letters, envvar="CONVOCA_KEEP_LETTERS_DAYS",
              show_default=True, help="Letters that were sent or given up.")  # fmt: skip
@click.option("--attempts-days", type=DAYS, default=DEFAULTS.attempts, envvar="CONVOCA_KEEP_ATTEMPTS_DAYS",
              show_default=True, help="Tries to sign in, and sessions that are over.")  # fmt: skip
@click.option("--guests-days", type=DAYS, default=DEFAULTS.guests, envvar="CONVOCA_KEEP_GUESTS_DAYS",
              show_default=True, help="Guests, from the end of their event on.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print how much it would be, and change nothing.")
def expire_command(*, dry_run: bool, **days: int) -> None:
    """Let go of what need not be kept any longer; prints how many rows of each kind. For a daily timer."""
    keep = Retention(**{name.removesuffix("_days"): count for name, count in days.items()})
    with transaction() as db:
        found = expire(
            db, keep=keep, domains=current_app.extensions["convoca_personal_data"],
            expire_letters=current_app.extensions["convoca_expire_letters"], now=clock.now(), dry_run=dry_run,
        )  # fmt: skip
    for kind, rows in found.items():
        click.echo(f"{kind}: {rows}{' (dry run)' if dry_run else ''}")


@group.command("export")
@click.argument("person_id", type=int)
def export_command(person_id: int) -> None:
    """Print all that is kept of a person, as JSON."""
    try:
        with transaction() as db:
            data = take_along(db, actor=SYSTEM, person_id=person_id, now=clock.now(),
                              domains=current_app.extensions["convoca_personal_data"])  # fmt: skip
    except Refusal as refusal:
        raise Refused(refusal) from None
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


@group.command("erase")
@click.argument("person_id", type=int)
@click.confirmation_option(prompt="Erase this person for good?")
def erase_command(person_id: int) -> None:
    """Erase a person's name and address everywhere."""
    try:
        with transaction() as db:
            erase(db, actor=SYSTEM, person_id=person_id, now=clock.now(),
                  domains=current_app.extensions["convoca_personal_data"])  # fmt: skip
    except Refusal as refusal:
        raise Refused(refusal) from None
    click.echo("erased")
