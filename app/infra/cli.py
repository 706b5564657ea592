"""Commands about background work, the record and the key of the installation, and a refusal as a
command shows it.
"""

from time import monotonic

import click
from flask.cli import AppGroup, with_appcontext

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.exchange import KeyTally, exchange, sealed_columns, tally
from app.infra.jobs import Jobs, dead_deliveries, retry
from app.infra.language import say
from app.infra.platform import platform
from app.infra.record import Head, RecordUnfit, has_begun, head_of
from app.infra.record_check import Anchor, sentences
from app.infra.record_keeping import accept_restored, new_key, tables_on_record, verify
from app.infra.record_keys import RecordKeysUnfit
from app.kernel.refusal import InvalidInput, Refusal

NOT_WHOLE = NEEDS_EARLIER = 3
ENTERED_SAID = 20_000


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


journal = AppGroup("journal", help="The record over the journal and over certificates.")


@journal.command("new-key")
@click.option("--first", is_flag=True, help="Only where no record is kept yet.")
def new_key_(*, first: bool) -> None:
    """Begins the record, or goes on with a new key, in the file of JOURNAL_KEY_FILE. What is there
    when it begins is entered as it is. Where the file lies on several machines, stop them, copy it,
    and start them again.
    """
    if first:
        with reading() as db:
            if has_begun(db):
                return

    def say_entered(kind: str, rows: int) -> None:
        if rows % ENTERED_SAID == 0:
            click.echo(f"{kind}: {rows:,} rows entered")

    try:
        new_key(on_step=say_entered)
    except (RecordUnfit, RecordKeysUnfit) as unfit:
        raise click.ClickException(str(unfit)) from unfit
    with reading() as db:
        click.echo(f"The record is kept: {head_of(db).count:,} places.")


@journal.command("verify")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    help="An anchor from elsewhere, as a letter or an archive has it: the place and its HMAC.",
)
@click.pass_context
def verify_(context: click.Context, anchors: tuple[str, ...]) -> None:
    """Verifies the record; 0 says that it is whole, 3 that it is not, and which rows."""
    told = [_anchor(text) for text in anchors]
    begun = monotonic()
    try:
        result = verify(told=told)
    except (RecordUnfit, RecordKeysUnfit) as unfit:
        raise click.ClickException(str(unfit)) from unfit
    took = max(monotonic() - begun, 0.001)
    for sentence in sentences(result, tables_on_record()):
        click.echo(sentence)
    count = result.head.count
    click.echo(f"{count:,} places read in {took:.1f} s ({count / took:,.0f} a second).")
    click.echo(f"The last one: {count} {result.head.mac}")
    if result.count:
        click.echo(f"The record is not whole: {result.count:,} findings.")
        context.exit(NOT_WHOLE)
    click.echo("The record is whole.")


@journal.command("restored")
def restored() -> None:
    """Notes that a copy of before was put back, so that what came after it is no finding."""
    try:
        anchor = accept_restored()
    except (RecordUnfit, RecordKeysUnfit) as unfit:
        raise click.ClickException(str(unfit)) from unfit
    if anchor.head.count:
        click.echo(f"Noted: the record goes on from place {anchor.head.count:,}.")
    else:
        click.echo("Noted: no record is kept any more. `flask journal new-key` begins one.")


def _anchor(text: str) -> Anchor:
    match text.split():
        case [place, mac] if place.isdigit():
            return Anchor(text, Head(int(place), mac))
    raise click.ClickException(f"This is no anchor: {text!r}. It is a place and an HMAC.")


secrets = AppGroup("secrets", help="The key of the installation, SECRET_KEY.")


@secrets.command("exchange")
@click.option("--dry-run", is_flag=True, help="Only count what needs an earlier key.")
@click.pass_context
def exchange_(context: click.Context, *, dry_run: bool) -> None:
    """Seals with SECRET_KEY what a key of SECRET_KEY_FALLBACKS sealed, and says what opens what is
    sealed. It may be stopped at any moment and run again, while people work. Ends with 3 as long as
    something needs an earlier key, listed or not.
    """
    if not dry_run:
        click.echo(f"Sealed anew: {exchange():,}")
    click.echo("current key  earlier key  no listed key")
    total = KeyTally()
    for one in sealed_columns():
        counts = tally(one)
        total += counts
        click.echo(f"{counts.current:11,}  {counts.earlier:11,}  {counts.lost:13,}  {one.what}")
    if total.earlier:
        click.echo(f"{total.earlier:,} need an earlier key.")
    if total.lost:
        # With a mistyped key in the list this is everything: whoever read that all is well would
        # throw the right one away.
        click.echo(
            f"{total.lost:,} need a key that is not listed. Is the one in SECRET_KEY_FALLBACKS the one "
            "before? Where nobody has it any more, they are set up, entered or sent anew."
        )
    if total.earlier or total.lost:
        context.exit(NEEDS_EARLIER)
    click.echo("Nothing that is sealed needs an earlier key.")
    if platform().keys.earlier:
        click.echo("Sessions and links in letters that it signed work only while it is listed.")


class Refused(click.ClickException):
    """The sentences of a refusal in English on stderr, and status 1."""

    def __init__(self, refusal: Refusal) -> None:
        sentences = (
            refusal.errors.values() if isinstance(refusal, InvalidInput) else [refusal.sentence]
        )
        super().__init__(" ".join(say("en", sentence) for sentence in sentences))
