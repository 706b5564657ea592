"""Commands about background work, and a refusal as a command shows it."""

import click
from flask.cli import with_appcontext

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.jobs import Jobs, dead_deliveries, retry
from app.infra.language import say
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, Refusal


@click.group("jobs")
def jobs() -> None:
    """Background work: do it, run a consumer of its own, see what was given up."""


def _jobs() -> Jobs:
    return platform().jobs


@jobs.command("drain")
@with_appcontext
def drain() -> None:
    """Do everything that is due, now."""
    click.echo(_jobs().drain())


@jobs.command("work")
@click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(1, 32),
    help="Threads of this process.",
)
@with_appcontext
def work(workers: int) -> None:
    """Run a consumer of its own, for several web workers (JOBS=external). SIGTERM lets it finish
    what it has begun.
    """
    if _jobs().mode == "off":
        raise click.ClickException(
            "JOBS is off: nothing would ever reach this consumer. Set JOBS=external."
        )
    _jobs().consumer(workers=workers).run()


@jobs.command("dead")
@with_appcontext
def dead() -> None:
    """List what was given up: its number, what it was for, how often it was tried, and why it
    failed.
    """
    with reading() as db:
        for delivery, entry in dead_deliveries(db):
            click.echo(
                f"{delivery.id}\t{delivery.handler}\t{entry.subject_kind} {entry.subject_id}\t{entry.at:%Y-%m-%d %H:%M}"
                f" UTC\t{delivery.attempts} tries\t{delivery.error}"
            )


@jobs.command("retry")
@click.argument("delivery_id", type=int)
@with_appcontext
def retry_(delivery_id: int) -> None:
    """Try a dead delivery again, from the beginning."""
    with transaction() as db:
        is_retried = retry(db, delivery_id, now=clock.now())
    if not is_retried:
        raise click.ClickException(
            f"No dead delivery bears the number {delivery_id}: see `flask jobs dead`."
        )


class Refused(click.ClickException):
    """The sentences of a refusal in English on stderr, and status 1."""

    def __init__(self, refusal: Refusal) -> None:
        sentences = (
            refusal.errors.values() if isinstance(refusal, InvalidInput) else [refusal.sentence]
        )
        super().__init__(" ".join(say("en", sentence) for sentence in sentences))
