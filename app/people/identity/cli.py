"""`flask identity …`: the first accounts and roles of an installation, and tokens for programs."""

from datetime import date, datetime, timedelta

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.cli import Refused
from app.infra.database import transaction
from app.infra.installation import site_address
from app.kernel.actor import SYSTEM, Role
from app.kernel.refusal import Refusal
from app.people.identity import queries
from app.people.identity.services import accounts, roles, sign_in, tokens
from app.people.identity.values import PERSONAS

group = AppGroup("identity", help="Accounts, roles and tokens.")
DAY = click.DateTime(formats=["%Y-%m-%d"])


def account_id_of(db: Session, who: str) -> int:
    """Somebody by address, or a persona of the demonstration by its short name."""
    email = next((persona.email for persona in PERSONAS if persona.slug == who), who)
    account = queries.account_by_email(db, email)
    if account is None:
        raise click.ClickException(f"no account for {who}")
    return account.id


@group.command("create-account")
@click.argument("email")
@click.option(
    "--person-id",
    type=int,
    help="The directory's number of the person; none for a service account.",
)
def create_account(email: str, person_id: int | None) -> None:
    """Make an account; prints its number. Its owner signs in by a link sent to the address."""
    try:
        with transaction() as db:
            account_id = accounts.create_account(
                db, actor=SYSTEM, email=email, person_id=person_id, now=clock.now()
            )
    except Refusal as refusal:
        raise Refused(refusal) from None
    click.echo(account_id)


@group.command("grant")
@click.argument("who")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option(
    "--scope",
    default="",
    help="A country's code or a working group's short name, where the role has one.",
)
@click.option("--from", "valid_from", type=DAY, help="First day; today when left out.")
@click.option("--until", "valid_until", type=DAY, help="First day without the role.")
def grant(
    who: str, role: str, scope: str, valid_from: datetime | None, valid_until: datetime | None
) -> None:
    """Give WHO (an address) a role; prints the grant's number."""
    first: date = valid_from.date() if valid_from else clock.today()
    try:
        with transaction() as db:
            grant_id = roles.grant_role(
                db,
                actor=SYSTEM,
                account_id=account_id_of(db, who),
                role=Role(role),
                scope=scope,
                valid_from=first,
                valid_until=valid_until.date() if valid_until else None,
                now=clock.now(),
            )
    except Refusal as refusal:
        raise Refused(refusal) from None
    click.echo(grant_id)


@group.command("token")
@click.argument("who")
@click.option(
    "--label", default="command line", help="What the token is for, as its owner will read it."
)
@click.option(
    "--days",
    default=365,
    show_default=True,
    type=click.IntRange(1, 1096),
    help="After so many days the token ends.",
)
def token(who: str, label: str, days: int) -> None:
    """Print a new bearer token of WHO (an address or a persona), and nothing else."""
    now = clock.now()
    with transaction() as db:
        secret = tokens.issue_api_token(
            db,
            account_id=account_id_of(db, who),
            label=label,
            now=now,
            expires_at=now + timedelta(days=days),
        )
    click.echo(secret)


@group.command("link")
@click.argument("who")
def link(who: str) -> None:
    """Print a sign-in link of WHO: for the first organizer, before mail is set up. Works once, for
    15 minutes.
    """
    with transaction() as db:
        secret = sign_in.issue_sign_in_link(db, account_id=account_id_of(db, who), now=clock.now())
    click.echo(f"{site_address()}/sign-in/link/{secret}")
