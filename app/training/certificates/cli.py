"""`flask certificates …`"""

import click
from flask.cli import AppGroup

from app.infra import clock
from app.infra.database import transaction
from app.infra.language import say
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Refusal
from app.training.certificates import rules
from app.training.certificates.services.ending import revoke_certificate
from app.training.certificates.values import RevocationReason

group = AppGroup("certificates", help="Certificates that were issued.")


@group.command("revoke")
@click.argument("code")
@click.option(
    "--reason", type=click.Choice([reason.value for reason in RevocationReason]), required=True
)
@click.option("--note", default="", help="Stays inside; the reason is public.")
def revoke(code: str, reason: str, note: str) -> None:
    """Revokes the certificate with CODE, which cannot be undone. Its public page says so at once."""
    try:
        stored = rules.read_code(code)
        with transaction() as db:
            revoke_certificate(
                db,
                actor=SYSTEM,
                now=clock.now(),
                code=stored,
                reason=RevocationReason(reason),
                note=note,
            )
    except Refusal as refusal:
        raise click.ClickException(say("en", refusal.sentence)) from refusal
    click.echo(f"Revoked {rules.grouped(stored)}.")
