"""Work that follows from facts: a completion becomes a certificate, a certificate becomes a PDF."""

import fcntl
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from io import BufferedRandom
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.archives import made_in, made_whole
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.demo_mark import holds_demo
from app.infra.files import files, key_of
from app.infra.health import HealthCheck, State, moment
from app.infra.installation import installation
from app.infra.issuer_keys import (
    IssuerKeysUnfit,
    did_document,
    did_of,
    jwk_set,
    published_keys,
)
from app.infra.journal import JournalEntry
from app.infra.language import date_text, translate
from app.infra.platform import platform
from app.infra.record_check import anchor_file, written_anchors
from app.infra.signing_key import SigningKeyUnfit, signing_key
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.people.directory.queries.people import request_by_id
from app.people.directory.values import CorrectionDecision
from app.training.certificates import rules
from app.training.certificates.exports import render_pdf
from app.training.certificates.exports.archive import contents, writing
from app.training.certificates.exports.credential import signed_credential, status_list
from app.training.certificates.exports.picture import render_picture
from app.training.certificates.models import CertificatePrint
from app.training.certificates.queries.achievements import body_itself, signatories_on
from app.training.certificates.queries.archive import archived_certificates, certificates_and_files
from app.training.certificates.queries.credentials import (
    credential_issuer,
    ended_in,
    status_lists,
)
from app.training.certificates.queries.names import files_with_name
from app.training.certificates.queries.printing import PrintJob, print_job
from app.training.certificates.queries.register import PdfSource, newest_seal_lacks, pdf_to_draw
from app.training.certificates.rules import NothingToAttest
from app.training.certificates.services.correcting import correct_certificates
from app.training.certificates.services.events import issue_for_event
from app.training.certificates.services.files import (
    abandoned_file,
    begin_file,
    end_file,
    forget_files,
    keep_file,
)
from app.training.certificates.services.issuing import issue_certificate, issue_module_certificate
from app.training.certificates.services.printing import (
    note_print,
    note_progress,
    old_print,
    print_naming,
)
from app.training.certificates.values import (
    MEDIA_OF,
    PDF,
    PICTURE,
    CertificateFacts,
    CertificateKind,
    IssuedFrom,
    PaperSize,
    SealLack,
)
from config import Settings

TOLD_EACH = 20
"""After how many pages a file for a printer says how far it is."""


class PdfLost(Refusal):
    """The stored file is gone and would be drawn differently now: restore it from the backup."""

    kind = Kind.UNAVAILABLE
    rule = "certificate-file-lost"
    msgid = N_(
        "The file of this certificate is missing on our side. The record is not; please tell the secretariat."
    )


class PictureLost(Refusal):
    """The logo or the signature that a certificate names is gone: restore it from the backup."""

    kind = Kind.UNAVAILABLE
    rule = "certificate-picture-lost"
    msgid = N_(
        "The logo or the signature for this certificate is missing on our side, so it cannot be "
        "drawn. The record is not; please tell the secretariat."
    )


class WaitsForAddress(Refusal):
    """It is issued, and cannot be drawn: the code on the paper must lead to the public address."""

    kind = Kind.UNAVAILABLE
    rule = "certificate-waits-for-address"
    msgid = N_(
        "This certificate is issued and its code is valid. It can be downloaded once the secretariat "
        "has entered the public address of this site, to which the code on the paper leads."
    )


class SealFails(Refusal):
    """There is a key to seal with, or to sign the credential with that is attached, and today it does
    not work.

    A file is made once for ever, so it waits instead of staying without its seal.
    """

    kind = Kind.UNAVAILABLE
    rule = "certificate-seal-fails"
    msgid = N_(
        "This certificate is issued and its code is valid. Its file cannot be sealed just now: "
        "please try again later."
    )


def on_course_completed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Issues the certificate inside the delivery's transaction, so that it happens once."""
    _issue(
        db,
        person_id=entry.payload["person_id"],
        edition_id=entry.payload["edition_id"],
        enrolment_id=UUID(str(entry.payload["enrolment_id"])),
        actor=SYSTEM,
        now=now,
    )


def on_event_closed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Issues the certificates of attendance of an event that was closed, inside the delivery's
    transaction: a worker that is killed issued none, and the next one issues all.
    """
    with suppress(NothingToAttest):
        _issue_for_event(db, entry, kind=CertificateKind.ATTENDANCE, now=now)


def on_certificates_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Issues the certificates of an event that somebody asked for, as on_event_closed does."""
    with suppress(NothingToAttest):
        _issue_for_event(db, entry, kind=CertificateKind(entry.payload["kind"]), now=now)


def _issue_for_event(
    db: Session, entry: JournalEntry, *, kind: CertificateKind, now: datetime
) -> None:
    issue_for_event(
        db,
        actor=SYSTEM,
        now=now,
        event_id=UUID(entry.subject_id),
        kind=kind,
        place=place_of(db),
    )


def issue_earned(
    *, person_id: int, edition_id: int, enrolment_id: UUID, actor: Actor, now: datetime
) -> None:
    """Issues what the delivery would issue, for a page that must not wait for it. Both give the one
    certificate of the enrolment.
    """
    with transaction() as db:
        _issue(
            db,
            person_id=person_id,
            edition_id=edition_id,
            enrolment_id=enrolment_id,
            actor=actor,
            now=now,
        )


def issue_module_earned(*, enrolment_id: UUID, number: int, actor: Actor, now: datetime) -> str:
    """Issues the certificate of a module that the learner asks for. Returns its code."""
    with transaction() as db:
        return issue_module_certificate(
            db,
            actor=actor,
            now=now,
            enrolment_id=enrolment_id,
            number=number,
            place=place_of(db),
        )


def _issue(
    db: Session,
    *,
    person_id: int,
    edition_id: int,
    enrolment_id: UUID,
    actor: Actor,
    now: datetime,
) -> None:
    issue_certificate(
        db,
        actor=actor,
        now=now,
        person_id=person_id,
        course_edition_id=edition_id,
        enrolment_id=enrolment_id,
        place=place_of(db),
    )


def place_of(db: Session) -> IssuedFrom:
    """Returns where certificates that are issued now are verified."""
    way = installation(db)
    return IssuedFrom(
        address=way.address if way.has_address else "",
        is_demo=_settings().demo or holds_demo(db),
    )


def on_correction_settled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Issues anew what prints a corrected record otherwise, where its owner asked for that.

    A name that cannot be printed leaves them as they are; the page of the record offers them.
    """
    wish = request_by_id(db, entry.payload["request_id"])
    if wish is None or not wish.reissue or wish.decision != CorrectionDecision.CORRECTED:
        return
    with suppress(rules.NameNotPrintable):
        correct_certificates(
            db, actor=SYSTEM, now=now, person_id=wish.person_id, place=place_of(db)
        )


def on_certificate_issued(entry: JournalEntry, *, now: datetime) -> None:
    """Draws the file outside of the delivery's transaction, because drawing takes long the first
    time; idempotent.

    What waits for an address is drawn when somebody asks for it afterwards.
    """
    with suppress(WaitsForAddress, rules.NameTakenAway):
        stored_pdf(entry.subject_id, now=now)


def on_certificate_name_erased(entry: JournalEntry, *, now: datetime) -> None:
    """Deletes what was drawn with the name. The rows go last, so that what a killed worker had begun
    is finished by the next.
    """
    code = entry.subject_id
    with reading() as db:
        hashes = files_with_name(db, code)
    for sha256 in hashes:
        _drop(sha256)
    with transaction() as db:
        forget_files(db, code=code)
    while _dropped_print(partial(print_naming, code=code)):
        pass


def on_print_asked(entry: JournalEntry, *, now: datetime) -> None:
    """Makes a file for a printer; idempotent. A worker that is killed leaves nothing, and the next
    one begins anew: what the first one drew is drawn.
    """
    with reading() as db:
        job = print_job(db, UUID(entry.subject_id))
    if job is None or job.is_made:
        return
    with TemporaryFile() as out:  # without a name: it goes with its process
        pages = _printed(job, out)
        size = out.tell()
        out.seek(0)
        sha256 = hashlib.file_digest(out, "sha256").hexdigest()
        with transaction() as db:
            begin_file(db, sha256=sha256, now=clock.now())
        files().put_open(out)
    with transaction() as db:
        is_wanted = note_print(
            db,
            print_id=job.id,
            pages=pages,
            missing=job.total - pages,
            sha256=sha256,
            size=size,
            now=clock.now(),
        )
    if not is_wanted:
        _take_back(sha256)


def _printed(job: PrintJob, out: BufferedRandom) -> int:
    """Writes the pages of a file for a printer; returns how many."""
    from app.training.certificates.exports.printing import PrintFile

    printed, pages = PrintFile(out), 0
    for code in job.codes:
        try:
            pdf = stored_pdf(code, now=clock.now())
        except (PdfLost, rules.NameTakenAway):
            continue
        printed.add(pdf)
        pages += 1
        if pages % TOLD_EACH == 0:
            with transaction() as db:
                note_progress(db, print_id=job.id, pages=pages)
    printed.finish(title=translate("es", "Certificates"), language="es")
    return pages


def _dropped_print(find: Callable[[Session], CertificatePrint | None]) -> bool:
    """Deletes a file for a printer and its row, in the transaction that holds the row; False where
    none is found.
    """
    with transaction() as db:
        row = find(db)
        if row is None:
            return False
        if row.sha256:
            _drop(row.sha256)
        db.delete(row)
    return True


def stored_pdf(
    code: str, *, now: datetime, size: PaperSize = PaperSize.A4, can_wait: bool = True
) -> bytes:
    """Returns the PDF of a certificate, drawn now if it was not before and never again once its
    hash is on record.

    Once at a time on this machine, across threads and processes: whoever waited for the same file
    finds it made, and others are drawn beside. Of two machines that draw at once, the file noted
    first is the certificate for both. A file that was lost is drawn again only if that gives the
    same bytes, which a seal never does. Not scoped by actor; the edge asks `pdf_source` first.
    Raises PdfLost, SealFails, WaitsForAddress and NameTakenAway, and unless it `can_wait` PdfBusy.
    """
    source = _source(code, MEDIA_OF[size])
    if (pdf := kept_pdf(source.sha256)) is not None:
        return pdf
    with _one_at_a_time(code):
        source = _source(code, MEDIA_OF[size])
        if (pdf := kept_pdf(source.sha256)) is not None:
            return pdf
        facts = _to_print(source.facts)
        lack = None
        if source.sha256 is None:
            pdf, lack = _drawn_and_sealed(source, facts, size, now=now, can_wait=can_wait)
        else:
            pdf = _drawn_again(source, facts, size, can_wait=can_wait)
        sha256 = hashlib.sha256(pdf).hexdigest()
        kept = _keep(source, pdf, media_type=MEDIA_OF[size], now=now, seal_lacks=lack)
    if kept == sha256:
        return pdf
    if (noted := kept_pdf(kept)) is None:
        raise PdfLost
    return noted


def _drawn_again(
    source: PdfSource, facts: CertificateFacts, size: PaperSize, *, can_wait: bool
) -> bytes:
    """Returns the unsealed file that was lost, with its credential or as files were before there
    were any. Raises PdfLost where neither gives the same bytes.
    """
    pictures = pictures_of(facts)
    for credential in {_credential(source, facts): None, "": None}:
        pdf = render_pdf(facts, size, pictures=pictures, credential=credential, can_wait=can_wait)
        if hashlib.sha256(pdf).hexdigest() == source.sha256:
            return pdf
    raise PdfLost


def _credential(source: PdfSource, facts: CertificateFacts) -> str:
    """Returns the credential that is attached, "" where none are signed. Raises SealFails."""
    try:
        with reading() as db:
            issuer = credential_issuer(db)
    except IssuerKeysUnfit as unfit:
        raise SealFails from unfit
    if issuer is None:
        return ""
    document = signed_credential(facts, source.certificate_id, issuer)
    return json.dumps(document, ensure_ascii=False)


def _drawn_and_sealed(
    source: PdfSource, facts: CertificateFacts, size: PaperSize, *, now: datetime, can_wait: bool
) -> tuple[bytes, SealLack | None]:
    """Returns a new file, unsealed where there is no key to seal with, and what its seal lacks because
    an authority did not answer: nobody waits for a stranger. Raises SealFails.
    """
    settings = _settings()
    try:
        key = signing_key(settings)
    except SigningKeyUnfit as unfit:
        raise SealFails from unfit
    draw = partial(
        render_pdf,
        facts,
        size,
        pictures=pictures_of(facts),
        credential=_credential(source, facts),
        can_wait=can_wait,
    )
    if key is None:
        return draw(), None
    from app.training.certificates.exports.seal import HttpTimeStamper, sealed

    validation: Mapping[str, Sequence[bytes]] = {}
    if settings.seal_level == "B-LT":
        from app.training.certificates.exports.validation import validation_info

        validation = validation_info(key, settings.seal_tsa)
    pdf = draw(to_seal=True, validation=validation)
    try:
        if not settings.seal_tsa:
            return sealed(pdf, key, now=now), None
        stamps = HttpTimeStamper(settings.seal_tsa)
        try:
            stamped = sealed(pdf, key, now=now, time_stamps=stamps)
        except OSError:
            return sealed(pdf, key, now=now), SealLack.TIME_STAMP
    except SigningKeyUnfit as unfit:
        raise SealFails from unfit
    is_whole = settings.seal_level != "B-LT" or stamps.signers <= set(validation.get("Certs", ()))
    return stamped, None if is_whole else SealLack.VALIDATION


def stored_picture(code: str, *, now: datetime) -> bytes:
    """Returns the picture of a certificate, drawn now if it was not before; its hash is on record as
    that of the PDF is, so that everybody gets the same bytes. A picture that is lost is drawn anew.
    Not scoped, as stored_pdf. Raises WaitsForAddress and NameTakenAway.
    """
    source = _source(code, PICTURE)
    if source.sha256 is not None:
        with suppress(FileNotFoundError):
            return files().get(key_of(source.sha256))
    facts = _to_print(source.facts)
    picture = render_picture(facts, pictures_of(facts))
    kept = _keep(source, picture, media_type=PICTURE, now=now)
    with suppress(FileNotFoundError):
        return files().get(key_of(kept))
    return picture


ARCHIVED_AT_ONCE = 1000
"""Certificates that are read in one snapshot, so that no reader holds up the database for long."""


def archive_certificates() -> None:
    """Makes the archive of the night."""
    make_archive(now=clock.now())


def make_archive(*, now: datetime) -> Path:
    """Makes an archive of all certificates as they stand today, whole or not at all; returns its
    folder. Raises SigningKeyUnfit where there is a key that does not work, and OSError where there
    is no room.
    """
    settings, today = _settings(), clock.today()
    key = signing_key(settings)
    if key is not None:
        key.require_valid(now)
    seals = {path.name: path.read_bytes() for path in _seals_kept()}
    about: dict[str, Any] = {
        "made_at": now.isoformat(timespec="seconds"),
        "signer": "",
        "fingerprint": "",
    }
    if key is not None:
        own = writing.certificates_of(key)
        seals |= own
        about |= {"signer": key.name, "fingerprint": next(iter(own)).removesuffix(".pem")}
    with reading() as db:
        counts, address = certificates_and_files(db), installation(db).address
    body = current_body().name
    about |= {
        "address": address,
        "body": contents.in_words(body.in_),
        "certificates": counts[0],
        "day": contents.in_words(lambda one: date_text(one, today)),
    }
    salt = secrets.token_bytes(16)
    pages = contents.pages_of(body=body, today=today)
    with made_whole(settings.archives, now=now, keep=settings.keep_archives) as folder:
        writing.write_archive(
            folder,
            entries=_archived(today=today, salt=salt),
            expected=sum(counts),
            about=about,
            salt=salt,
            pages={
                **pages,
                **{f"{SEALS}/{name}": seals[name] for name in seals},
                **_of_credentials(),
                **_of_record(),
            },
            key=key,
        )
    return made_in(settings.archives)[0][0]


def _archived(*, today: date, salt: bytes) -> Iterator[writing.ArchiveLine]:
    after = 0
    while True:
        with reading() as db:
            part = archived_certificates(db, after=after, most=ARCHIVED_AT_ONCE, today=today)
        if not part:
            return
        for one in (one for one in part if one.is_ours):
            code = one.record.code
            content = contents.content_of_certificate(one.record, today=today, salt=salt)
            yield writing.ArchiveLine(code, writing.ROUNDS_OF_CODE, content)
            for sha256, media_type in one.files:
                content = contents.content_of_file(code, media_type)
                yield writing.ArchiveLine(sha256, writing.ROUNDS_OF_FILE, content)
        after = part[-1].id


def _of_credentials() -> dict[str, bytes]:
    """Returns what a verifier of credentials asks this site for, by paths: its keys, and the status
    lists as of today where the keys that sign them are fit.
    """
    with reading() as db:
        keys, did = published_keys(db), did_of(installation(db).address)
        if not keys:
            return {}
        documents = {"did.json": did_document(did, keys), "jwks.json": jwk_set(did, keys)}
        with suppress(IssuerKeysUnfit):
            if (signs := credential_issuer(db)) is not None:
                for number in range(1, status_lists(db) + 1):
                    signed = status_list(number, ended_in(db, number), signs)
                    documents[f"status/{number}.json"] = signed
    return {
        f"credentials/{path}": json.dumps(document, ensure_ascii=False).encode()
        for path, document in documents.items()
    }


def _of_record() -> dict[str, bytes]:
    """Returns the anchors of the record, which an archive that lies elsewhere keeps for us."""
    anchors = written_anchors(anchor_file(_settings()))
    lines = [f"{one.told_on} {one.head.count} {one.head.mac}\n" for one in anchors]
    return {"record.txt": "".join(lines).encode()} if lines else {}


SEALS = "keys"


def _seals_kept() -> list[Path]:
    """Returns the certificates of this and earlier keys, which each archive hands to the next."""
    made = made_in(_settings().archives)
    return sorted((made[0][0] / SEALS).glob("*.pem")) if made else []


def known_seals() -> set[str]:
    """Returns the SHA-256, in hexadecimals, of the certificates with which files are sealed here,
    and were.
    """
    with suppress(SigningKeyUnfit):
        key = signing_key(_settings())
        own = writing.certificates_of(key) if key else {}
        return {Path(name).stem for name in own} | {path.stem for path in _seals_kept()}
    return {path.stem for path in _seals_kept()}


SEAL_ENDS_WITHIN = timedelta(days=30)


def seal() -> HealthCheck:
    """Tells who checks the platform until when the key that seals is good and of which level of PAdES
    new seals are to be; what the newest file lacks of it makes it `degraded`.
    """
    now = clock.now()
    try:
        key = signing_key(_settings())
        if key is None:
            return HealthCheck("seal", "off", {"certificates": "issued unsealed"})
        key.require_valid(now)
    except SigningKeyUnfit as unfit:
        return HealthCheck("seal", "degraded", {"error": str(unfit)})
    details = {"ends_at": moment(key.ends_at), "level": _settings().seal_level}
    state: State = "degraded" if key.ends_at - now < SEAL_ENDS_WITHIN else "ok"
    with reading() as db:
        if lacks := newest_seal_lacks(db):
            return HealthCheck("seal", "degraded", {**details, "newest_lacks": lacks})
    return HealthCheck("seal", state, details)


def signatory() -> HealthCheck:
    """Tells who checks the platform whether somebody is in office to sign certificates: `degraded`
    where the office entered people and none of them signs today, `empty` where it entered nobody and
    nobody holds the presidency, so that the secretariat signs as a body.
    """
    today = rules.local_day(clock.now(), REFERENCE_ZONE)
    with reading() as db:
        signs = signatories_on(db, [today])[today]
    state: State = "ok" if signs.name else "degraded"
    return HealthCheck("signatory", "empty" if signs == body_itself() else state)


def pictures_of(facts: CertificateFacts) -> dict[str, bytes]:
    """Returns the logo and the signature that a certificate names. Raises PictureLost."""
    if facts.paper is None:
        return {}
    try:
        return {sha256: files().get(key_of(sha256)) for sha256 in facts.paper.pictures}
    except FileNotFoundError as lost:
        raise PictureLost from lost


def _source(code: str, media_type: str = PDF) -> PdfSource:
    """Returns what a certificate is drawn from. Raises NameTakenAway."""
    with reading() as db:
        source = pdf_to_draw(db, code, media_type)
    if not source.facts.holder_name:
        raise rules.NameTakenAway
    return source


def _keep(
    source: PdfSource,
    content: bytes,
    *,
    media_type: str,
    now: datetime,
    seal_lacks: SealLack | None = None,
) -> str:
    """Stores what was drawn; returns the hash that is on record for everybody.

    Keeps no byte where another file is on record, or where the name was taken away meanwhile, for
    which it raises NameTakenAway: it names a person, and no row names it. What a worker leaves that
    is killed here, `sweep_files` deletes.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction() as db:
        begin_file(db, sha256=sha256, now=now)
    files().put(content)
    try:
        with transaction() as db:
            kept = keep_file(
                db,
                now=now,
                certificate_id=source.certificate_id,
                media_type=media_type,
                sha256=sha256,
                size=len(content),
                seal_lacks=seal_lacks,
            )
    except rules.NameTakenAway:
        _take_back(sha256)
        raise
    if kept != sha256:
        _take_back(sha256)
    return kept


def _take_back(sha256: str) -> None:
    _drop(sha256)
    with transaction() as db:
        end_file(db, sha256=sha256)


def sweep_files() -> int:
    """Deletes what workers left that were killed between storing a file and noting it, and files
    for a printer of some days ago; returns how many those were.
    """
    count = 0
    while _dropped_print(partial(old_print, now=clock.now())):
        count += 1
    while _swept_one():
        count += 1
    return count


def _swept_one() -> bool:
    """Deletes in the transaction that holds the mark, so that nobody stores the same bytes
    meanwhile.
    """
    with transaction() as db:
        found = abandoned_file(db, now=clock.now())
        if found is None:
            return False
        sha256, is_nobodys = found
        if is_nobodys:
            _drop(sha256)
        end_file(db, sha256=sha256)
    return True


def _drop(sha256: str) -> None:
    """Deletes a drawn file, here and where those of before lie. No two certificates share one: each
    bears its code.
    """
    with suppress(FileNotFoundError):
        files().delete(key_of(sha256))
    _before(sha256).unlink(missing_ok=True)


def _to_print(facts: CertificateFacts) -> CertificateFacts:
    """Returns the facts with today's public address where the record has none, or one that opens on
    one machine only.

    Raises WaitsForAddress while there is none.
    """
    if rules.has_place(facts):
        return facts
    with reading() as db:
        way = installation(db)
    if not way.has_address:
        raise WaitsForAddress
    return replace(facts, verify_url=way.address + rules.verify_path(facts.code))


def _settings() -> Settings:
    return platform().settings


def kept_pdf(sha256: str | None) -> bytes | None:
    """Returns the stored file with this hash, None if there is none.

    Files of before lie in a folder of the machine that drew them: what is asked for there moves
    into the storage that all machines share.
    """
    if sha256 is None:
        return None
    with suppress(FileNotFoundError):
        return files().get(key_of(sha256))
    with suppress(FileNotFoundError):
        pdf = _before(sha256).read_bytes()
        files().put(pdf)
        return pdf
    return None


def _before(sha256: str) -> Path:
    return _folder() / sha256[:2] / f"{sha256}.pdf"


def _folder() -> Path:
    return _settings().data / "certificates"


@contextmanager
def _one_at_a_time(code: str) -> Iterator[None]:
    """Holds one of 32 locks, by the check symbol of the code."""
    _folder().mkdir(parents=True, exist_ok=True)
    with (_folder() / f"drawing-{code[-1]}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
