"""`flask certificates …`"""

import hashlib
import json
from pathlib import Path

import click
from flask.cli import AppGroup

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import installation
from app.infra.issuer_keys import IssuerKeysUnfit, did_of, published_keys, renew_issuer_keys
from app.infra.language import say, translate
from app.infra.platform import platform
from app.kernel import first_bytes
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Refusal
from app.training.certificates import rules, wording
from app.training.certificates.queries.register import certificate_of_file, public_certificate
from app.training.certificates.services.ending import revoke_certificate
from app.training.certificates.tasks import known_seals, make_archive
from app.training.certificates.values import ProofVerdict, RevocationReason, SealRead, SealState

group = AppGroup("certificates", help="Certificates that were issued.")
EXIT_CODES = {
    ProofVerdict.HOLDS: 0,
    ProofVerdict.ENDED: 3,
    ProofVerdict.UNRECOGNISED: 4,
    ProofVerdict.CHANGED: 5,
}


@group.command("new-keys")
@click.option(
    "--stolen", is_flag=True, help="Accept nothing any more that any key of before signed."
)
def new_keys(*, stolen: bool) -> None:
    """Makes the keys that sign credentials anew, in the file of CREDENTIAL_FILE. Those of before sign
    no longer; what they signed is still accepted. Where the file lies on several machines, copy it.
    """
    try:
        with transaction() as db:
            renew_issuer_keys(db, platform().settings, now=clock.now(), withdraws=stolen)
    except IssuerKeysUnfit as unfit:
        raise click.ClickException(str(unfit)) from unfit
    click.echo("Credentials are signed with new keys.")


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


@group.command("verify")
@click.argument("what", metavar="FILE|CODE")
@click.option("--language", type=click.Choice(["es", "en"]), default="en", show_default=True)
@click.pass_context
def verify(context: click.Context, what: str, language: str) -> None:
    """Says whether a PDF, a picture, a credential or a CODE is genuine, and what it certifies today.

    Ends with 0 when it is and holds, 3 when it is and holds no more, 4 when nothing proves it, 5
    when it was changed or somebody else sealed it.
    """
    path, seal, is_known, lines = Path(what), None, True, []
    if path.is_file():
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        lines.append(f"{path.name} · SHA-256 {sha256}")
        if is_credential(content):
            is_known, (seal, code) = False, _credential_in(content)
            lines.append(translate(language, wording.CREDENTIALS[seal.state]))
        else:
            with reading() as db:
                issued = certificate_of_file(db, sha256)
            code, is_known = "", issued is not None
            if content.startswith(first_bytes.PDF):
                seal, code = _read(content)
                lines += wording.seal_sentences(seal, language)
            code = code if issued is None else issued[0]
            lines.append(_file_sentence(issued, language))
    else:
        try:
            code = rules.read_code(what)
        except rules.CodeMalformed as refusal:
            raise click.ClickException(wording.mistake_sentence(refusal, language)) from refusal
    today = clock.today()
    with reading() as db:
        record = public_certificate(db, code, today=today)
    verdict = rules.verdict(record.status, is_known=is_known, seal=seal)
    click.echo(translate(language, wording.VERDICTS[verdict]))
    for line in lines:
        click.echo(line)
    if code:
        state = translate(language, wording.STATES[record.status])
        click.echo(f"{state}. {wording.state_sentence(record, today, language)}")
    if record.facts and record.shows_name:
        click.echo(f"{translate(language, 'Name as printed')}: {record.facts.holder_name}")
    for label, text in wording.public_lines(record, language):
        click.echo(f"{label}: {text}")
    context.exit(EXIT_CODES[verdict])


def _read(pdf: bytes) -> tuple[SealRead, str]:
    """Returns the seal of a PDF and the code that it says to be of."""
    from app.training.certificates.exports.seal_reading import code_in, seal_of

    return seal_of(pdf, known_seals()), code_in(pdf)


LARGEST_CREDENTIAL = 100_000
"""In bytes. What a document says is sorted before its signature is checked, which takes long where
it says very much.
"""


def is_credential(content: bytes) -> bool:
    """Returns True for what looks like a credential: JSON, or a JWT."""
    is_short = len(content) <= LARGEST_CREDENTIAL
    return is_short and content.lstrip().startswith((b"{", b"eyJ"))


def _credential_in(content: bytes) -> tuple[SealRead, str]:
    """Returns whether a key of this installation signed a credential, and the code that it says to
    be of.
    """
    from app.infra.credentials import read_signed

    with reading() as db:
        keys, did = published_keys(db), did_of(installation(db).address)
    try:
        document = read_signed(content.decode(), keys, did=did)
        told = json.loads(content) if document is None else document
        code = rules.read_code(told["credentialSubject"]["licenseNumber"])
    except (ValueError, LookupError, TypeError, AttributeError, rules.CodeMalformed):
        return SealRead(SealState.BROKEN), ""
    is_whole = document is not None
    return SealRead(SealState.WHOLE if is_whole else SealState.BROKEN, is_ours=is_whole), code


def _file_sentence(issued: tuple[str, str] | None, language: str) -> str:
    if issued is None:
        return translate(language, "It is not, byte for byte, a file that we keep.")
    kind = wording.file_kind(issued[1], language)
    return translate(language, "This is the file that we issued (%(kind)s).", kind=kind)


@group.command("archive")
def archive() -> None:
    """Makes the archive with which certificates are checked without this platform, as every night."""
    click.echo(make_archive(now=clock.now()))
