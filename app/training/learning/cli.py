"""`flask courses …`"""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.actor import SYSTEM
from app.kernel.refusal import InvalidInput, Refusal
from app.training.learning.forms.folder import COURSE_FILES, parse_course
from app.training.learning.queries.records import audit
from app.training.learning.services.publishing import publish_edition

group = AppGroup("courses", help="Courses and their editions.")
MOST_FILE_BYTES = 2_000_000


@group.command("publish")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def publish(folder: Path) -> None:
    """Publishes the course in FOLDER as a new edition. The same content again changes nothing."""
    try:
        content = parse_course(read_folder(folder))
        with transaction() as db:
            edition_id = publish_edition(db, actor=SYSTEM, content=content, now=clock.now())
    except InvalidInput as refusal:
        lines = [f"{place}: {say('en', sentence)}" for place, sentence in refusal.errors.items()]
        raise click.ClickException("\n".join([say("en", refusal.sentence), *lines])) from refusal
    except Refusal as refusal:
        raise click.ClickException(say("en", refusal.sentence)) from refusal
    click.echo(
        f"{content.slug} {content.edition} is published (edition {edition_id}, {content.fingerprint[:12]})."
    )


@group.command("audit")
def audit_completions() -> None:
    """Decides every completion again from what learners did; exit 1 when something differs."""
    with reading() as db:
        findings = list(audit(db))
    for finding in findings:
        if finding.broken_at:
            click.echo(f"{finding.enrolment_id}: event {finding.broken_at} is missing or changed")
        for words, modules in (
            ("no event supports the completion of", finding.unfounded),
            ("complete and not recorded:", finding.undecided),
        ):
            for module in modules:
                part = "the edition" if module is None else f"module {module}"
                click.echo(f"{finding.enrolment_id}: {words} {part}")
    if findings:
        raise click.exceptions.Exit(1)
    click.echo("Every completion follows from what was done, and no event is missing.")


def read_folder(folder: Path) -> dict[str, str]:
    """Returns the YAML, Markdown and SVG files of a course by their name in the folder."""
    texts = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in COURSE_FILES and path.is_file():
            name = path.relative_to(folder).as_posix()
            if path.stat().st_size > MOST_FILE_BYTES:
                raise click.ClickException(
                    f"{name}: this file is larger than {MOST_FILE_BYTES} bytes."
                )
            try:
                texts[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise click.ClickException(f"{name}: this file is not UTF-8 text.") from error
    return texts
