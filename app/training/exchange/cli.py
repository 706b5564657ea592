"""`flask questions …`"""

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.training.exchange.exports import write
from app.training.exchange.forms import read
from app.training.exchange.forms.encoding import MOST_BYTES
from app.training.exchange.values import Format, Skipped

group = AppGroup("questions", help="Question banks in files: GIFT, Moodle XML, Aiken.")
ENDS = {".xml": Format.MOODLE_XML, ".gift": Format.GIFT, ".aiken": Format.AIKEN}


@group.command("convert")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "wanted",
    type=click.Choice([format_.value for format_ in Format]),
    help="The format of TARGET. By the end of its name if not given: .gift, .xml, .aiken.",
)
def convert(source: Path, target: Path, wanted: str | None) -> None:
    """Reads the questions of SOURCE, whatever its format, and writes them to TARGET. What could not
    be read or written is named with its place.
    """
    format_ = Format(wanted) if wanted else ENDS.get(target.suffix.lower())
    if format_ is None:
        raise click.ClickException(
            "Say the format with --to, or name the file .gift, .xml, .aiken."
        )
    with source.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    try:
        bank = read(data, source.name)
    except InvalidInput as refusal:
        sentences = [say("en", sentence) for sentence in refusal.errors.values()]
        raise click.ClickException(f"{source.name}: {' '.join(sentences)}") from refusal
    written = write(bank, format_)
    target.write_bytes(written.data)
    _tell("Not read", bank.skipped)
    _tell("Not written", written.skipped)
    _tell("Written in part", written.reduced)
    count = len(bank.questions) - len(written.skipped)
    click.echo(f"{count} questions from {bank.format} to {format_}.")


def _tell(heading: str, skipped: Iterable[Skipped]) -> None:
    for item in skipped:
        where = f"line {item.place.line}" if item.place.line else f"question {item.place.number}"
        click.echo(f"{heading}: {where}, “{item.name}”: {say('en', item.reason)}", err=True)
