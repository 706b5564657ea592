"""`flask setup address`, and what the terminal says when an installation has no account yet."""

import click
from flask.cli import AppGroup

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import site_address
from app.people.identity.services.inviting import issue_first_key

group = AppGroup("setup", help="The first day of an installation.")
SPANISH = """\
  Convoca está vacío: todavía no hay ninguna cuenta.
  Abra esta dirección en el navegador para empezar. Sirve una vez, durante 24 horas:"""
SPANISH_AFTER = "  Quien la abra será quien organiza: no la comparta. Para obtener otra, inicie Convoca de nuevo."
ENGLISH = """\
  Convoca is empty: there is no account yet.
  Open this address in your browser to begin. It works once, for 24 hours:"""
ENGLISH_AFTER = "  Whoever opens it becomes the organizer: do not share it. To get another, start Convoca again."


def first_lines() -> list[str]:
    """Returns a new address for the first organizer, in every language; nothing when an account
    exists.
    """
    with transaction() as db:
        token = issue_first_key(db, now=clock.now())
    if token is None:
        return []
    address = f"{site_address()}/first/{token}"
    return [SPANISH, "", ENGLISH, "", f"    {address}", "", SPANISH_AFTER, ENGLISH_AFTER, ""]


@group.command("address")
def print_address() -> None:
    """Print a new one-time address for the first organizer, where `flask serve` is not used."""
    lines = first_lines()
    if not lines:
        raise click.ClickException("There are accounts already: sign in at /sign-in.")
    for line in lines:
        click.echo(line)
