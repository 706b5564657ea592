"""`flask privacy …`: deletes what need not be kept; answers requests on the machine itself."""

import json

import click
from flask.cli import AppGroup

from app.infra import clock
from app.infra.cli import Refused
from app.infra.database import transaction
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Refusal
from app.office.privacy.services import erase, take_along
from app.office.privacy.tasks import let_go
from app.office.privacy.values import CertificateNames, PersonalData

group = AppGroup("privacy", help="Retention, copies and erasure of personal data.")


@group.command("expire")
@click.option("--dry-run", is_flag=True, help="Print how much it would be, and change nothing.")
def expire_command(*, dry_run: bool) -> None:
    """Let go of what need not be kept any longer (KEEP_…_DAYS), as happens every night; prints how
    many rows of each kind.
    """
    for kind, rows in let_go(dry_run=dry_run).items():
        click.echo(f"{kind}: {rows}{' (dry run)' if dry_run else ''}")


@group.command("export")
@click.argument("person_id", type=int)
def export_command(person_id: int) -> None:
    """Print all that is kept of a person, as JSON."""
    try:
        with transaction() as db:
            data = take_along(
                db,
                actor=SYSTEM,
                person_id=person_id,
                now=clock.now(),
                domains=platform().port(PersonalData).domains,
            )
    except Refusal as refusal:
        raise Refused(refusal) from None
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


@group.command("erase")
@click.argument("person_id", type=int)
@click.option(
    "--certificate-names",
    type=click.Choice([names.value for names in CertificateNames]),
    default=CertificateNames.KEPT.value,
    show_default=True,
    help="Whether certificates keep the name; erased, only a hash of it is kept.",
)
@click.confirmation_option(prompt="Erase this person for good?")
def erase_command(person_id: int, certificate_names: str) -> None:
    """Erase a person's name and address everywhere."""
    hides_name = certificate_names == CertificateNames.ERASED
    try:
        with transaction() as db:
            erase(
                db,
                actor=SYSTEM,
                person_id=person_id,
                now=clock.now(),
                domains=platform().port(PersonalData).domains,
                hides_names=hides_name,
            )
    except Refusal as refusal:
        raise Refused(refusal) from None
    click.echo("erased")
