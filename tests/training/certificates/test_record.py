"""The record over the journal and over certificates: whoever has the disk changes something, with
every rule of the database switched off, and is found out.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg.sql import SQL
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.infra import record_keeping
from app.infra.database import database, reading, transaction
from app.infra.platform import platform
from app.infra.record import Head, RecordUnfit, head_of
from app.infra.record_check import Anchor, anchor_file, sentences, written_anchors
from app.infra.record_keys import add_key, key_file
from app.kernel.actor import SYSTEM
from app.office.backups.tasks.making import note_restored
from app.training.certificates.queries.register import certificate_of_file, public_certificate
from app.training.certificates.services.ending import revoke_certificate
from app.training.certificates.services.erasing import erase_names
from app.training.certificates.services.files import forget_files, keep_file
from app.training.certificates.values import PDF, CertificateStatus, RevocationReason
from tests.training.certificates.builders import EVENING, a_correction, finished

SHA = "ab" * 32


@dataclass(frozen=True)
class Kept:
    """Codes of certificates: from before the record, from since, one that was ended and one whose
    holder's name was taken away.
    """

    earlier: str
    later: str
    ended: str
    nameless: str


@pytest.fixture
def kept(app: Flask) -> Kept:
    """A record with rows of before and of since; a context is pushed while the test lasts."""
    with app.app_context(), transaction() as db:
        people = [finished(db) for _ in range(4)]
        earlier, ended = people[0].certificate(db), people[1].certificate(db)
    with app.app_context():
        record_keeping.new_key()
        with transaction() as db:
            later, nameless = people[2].certificate(db), people[3].certificate(db)
            revoke_certificate(
                db, actor=SYSTEM, now=EVENING, code=ended, reason=RevocationReason.ERROR
            )
            erase_names(db, actor=SYSTEM, people=[people[3].person_id], now=EVENING)
        with transaction() as db:
            keep_file(db, now=EVENING, certificate_id=1, media_type=PDF, sha256=SHA, size=9)
        record_keeping.seal()
    return Kept(earlier, later, ended, nameless)


def tamper(*statements: str) -> None:
    """Runs statements as somebody with the disk does, without any trigger or foreign key."""
    url = database.engine.url
    if url.get_backend_name() == "sqlite":
        file = sqlite3.connect(url.database or "")
        triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in (*(f'DROP TRIGGER "{name}"' for (name,) in triggers), *statements):
            file.execute(statement)
        file.commit()
        file.close()
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        for statement in ("SET session_replication_role = replica", *statements):
            connection.execute(SQL(statement))


def verified(*, told: Sequence[Anchor] = ()) -> list[str]:
    return sentences(record_keeping.verify(told=told), record_keeping.tables_on_record())


def status(code: str) -> CertificateStatus:
    with reading() as db:
        return public_certificate(db, code, today=EVENING.date()).status


def head() -> Head:
    with reading() as db:
        return head_of(db)


def copied(table: str, where: str, **changed: str) -> str:
    """Returns the statement that copies a row, with these columns changed."""
    names = [column.name for column in database.metadata.tables[table].columns]
    values = [changed.get(name, f'"{name}"') for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} FROM {table} WHERE {where}"


CODE = "0123456789ABCDEF"
FORGED = copied("certificate", "id = 1", id="99", code=f"'{CODE}'", achievement="'forged'")
SWAPPED = [
    f"UPDATE journal_entry SET id = {before} WHERE id = {after}"
    for before, after in ((900, 2), (2, 3), (3, 900))
]
LAST_ENTRY = "(SELECT max(id) FROM journal_entry)"
ATTACKS: dict[str, tuple[tuple[str, ...], str]] = {
    "payload": (
        ('UPDATE journal_entry SET payload = \'{"code": "X"}\' WHERE id = 2',),
        "Entry 2 of the journal, at place",
    ),
    "actor": (
        ("UPDATE journal_entry SET actor_account_id = 77 WHERE id = 2",),
        "Entry 2 of the journal, at place",
    ),
    "time": (
        ("UPDATE journal_entry SET at = '2020-01-01 00:00:00.000000' WHERE id = 2",),
        "Entry 2 of the journal, at place",
    ),
    "delete in the middle": (
        ("DELETE FROM journal_entry WHERE id = 2",),
        "Entry 2 of the journal is on record at place",
    ),
    "delete the tail": (
        (f"DELETE FROM journal_entry WHERE id = {LAST_ENTRY}",),
        "is no longer there",
    ),
    "delete with the link": (
        (
            "DELETE FROM journal_entry WHERE id = 2",
            "DELETE FROM record_link WHERE kind = 'journal' AND row_id = 2",
        ),
        "of the record is gone",
    ),
    "swap two": (tuple(SWAPPED), "does not follow from the one before"),
    "insert in the middle": (
        (
            "DELETE FROM record_link WHERE kind = 'journal' AND row_id = 2",
            "UPDATE journal_entry SET record_mark = NULL, fact = 'RoleGranted' WHERE id = 2",
        ),
        "Entry 2 of the journal was not written by this installation",
    ),
    "insert at the tail": (
        (copied("journal_entry", "id = 2", id="99", record_mark="NULL"),),
        "Entry 99 of the journal was not written by this installation",
    ),
    "insert a copy": (
        (copied("journal_entry", "id = 2", id="99"),),
        "Entry 99 of the journal bears the mark of another one",
    ),
    "insert a certificate": ((FORGED,), "Certificate 99 of the database was not written"),
    "edit the holder": (
        ("UPDATE certificate SET facts = replace(facts, 'María', 'Marta') WHERE id = 1",),
        "Certificate 1 of the database, at place",
    ),
    "edit the day": (
        ("UPDATE certificate SET last_valid_on = '2099-01-01' WHERE id = 3",),
        "Certificate 3 of the database, at place",
    ),
    "un-revoke": (
        ("DELETE FROM revocation WHERE certificate_id = 2",),
        "The end of certificate 2 of the database is on record",
    ),
    "give a name back": (
        ("DELETE FROM name_erasure WHERE certificate_id = 4",),
        "The erasure of the name on certificate 4 of the database is on record",
    ),
    "delete a certificate with all its rows": (
        (
            "DELETE FROM certificate_file WHERE certificate_id = 1",
            "DELETE FROM journal_entry WHERE id = 1",
            "DELETE FROM certificate WHERE id = 1",
        ),
        "Certificate 1 of the database is on record",
    ),
    "recompute a plain hash": (
        (
            "UPDATE certificate SET facts = '{}', facts_sha256 = "
            "'44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' WHERE id = 1",
        ),
        "Certificate 1 of the database, at place",
    ),
    "put a file under a certificate": (
        (f"UPDATE certificate_file SET sha256 = '{'cd' * 32}'",),
        "A file of certificate 1 of the database was not written",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_whoever_has_the_disk_is_found(app: Flask, kept: Kept, attack: str) -> None:
    statements, said = ATTACKS[attack]
    with app.app_context():
        assert verified() == []
        tamper(*statements)
        record_keeping.seal()  # the sealer may come first
        assert any(said in sentence for sentence in verified()), verified()


@pytest.mark.both_databases
def test_chain_and_database_that_were_written_anew_are_found(app: Flask, kept: Kept) -> None:
    """A chain made with another key; the tail cut together with its links; an older copy."""
    with app.app_context():
        before, file = head(), key_file(platform(app).settings)
        with transaction() as db:
            revoke_certificate(
                db, actor=SYSTEM, now=EVENING, code=kept.later, reason=RevocationReason.ERROR
            )
        record_keeping.seal()
        later = head()
        assert verified(told=[Anchor("letter", before), Anchor("letter", later)]) == []

        tamper("UPDATE journal_entry SET payload = '{}' WHERE id = 2")
        assert any("is not what was entered" in one for one in verified())

        tamper(  # what an older copy of the database has
            f"DELETE FROM record_link WHERE id > {before.count}",
            "DELETE FROM journal_entry WHERE fact = 'CertificateRevoked' AND id > 4",
            "DELETE FROM revocation WHERE certificate_id = 3",
        )
        assert not any("anchor" in one for one in verified(told=[Anchor("letter", before)]))
        cut = f"The record ends at place {before.count}; the anchor of letter saw {later.count}"
        assert any(cut in one for one in verified(told=[Anchor("letter", later)]))

        own = file.read_text("ascii")
        file.unlink()
        tamper("DELETE FROM record_link", *(f"UPDATE {t} SET record_mark = NULL" for t in MARKED))
        anchors = anchor_file(platform(app).settings)
        hidden = anchors.rename(anchors.with_suffix(".hidden"))
        record_keeping.new_key()
        hidden.rename(anchors)
        assert any("is another one than the anchor" in one for one in verified())
        file.write_text(own, "ascii")
        assert record_keeping.record().state == "degraded"


MARKED = ("journal_entry", "certificate", "revocation", "name_erasure", "certificate_file")


def test_what_is_lawful_raises_no_alarm(app: Flask, kept: Kept) -> None:
    """Ending, erasing, correcting, joining two records, drawing anew, a new key, a lost link."""
    with app.app_context():
        with transaction() as db:
            a_correction_of_ours(db, kept.earlier)
            forget_files(db, code=kept.earlier)
        with transaction() as db:
            db.execute(text("UPDATE certificate SET person_id = 1 WHERE id = 2"))
            erase_names(db, actor=SYSTEM, people=[1], now=EVENING)
        assert verified() == []
        record_keeping.new_key()
        with transaction() as db:
            revoke_certificate(
                db, actor=SYSTEM, now=EVENING, code=kept.later, reason=RevocationReason.FRAUD
            )
        assert verified() == []
        assert [status(code) for code in (kept.later, kept.nameless)] == ["revoked", "valid"]
        assert record_keeping.record().state == "ok"


def a_correction_of_ours(db: Session, code: str) -> None:
    from app.infra.record_keys import mark
    from app.training.certificates.queries.record import CERTIFICATES

    corrected = a_correction(db, code)
    row = db.execute(CERTIFICATES.marked_rows().where(text(f"code = '{corrected}'"))).one()
    given = {"mark": mark(db, CERTIFICATES.content(row)), "code": corrected}
    db.execute(text("UPDATE certificate SET record_mark = :mark WHERE code = :code"), given)


def test_copy_that_was_put_back_is_no_alarm_once_it_is_said(
    app: Flask, kept: Kept, tmp_path: Path
) -> None:
    with app.app_context():
        before, anchors = head(), anchor_file(platform(app).settings)
        written = anchors.read_text("ascii")
        anchors.write_text(f"{written}2026-12-01 {before.count + 7} {'x' * 43}\n", "ascii")
        assert any("saw" in one for one in verified())
        assert record_keeping.record().state == "degraded"
        record_keeping.accept_restored()
        assert verified() == []
        assert record_keeping.record().state == "ok"


@pytest.mark.parametrize("schema", ["of today", "of before"])
def test_copy_of_before_the_record_lets_it_begin_again(app: Flask, kept: Kept, schema: str) -> None:
    """An office went back to the version before, and updated again later."""
    with app.app_context():
        tamper("DELETE FROM record_link", *(f"UPDATE {t} SET record_mark = NULL" for t in MARKED))
        if schema == "of before":
            tamper("ALTER TABLE record_link RENAME TO hidden")
        note_restored()
        if schema == "of before":
            tamper("ALTER TABLE hidden RENAME TO record_link")
        assert status(kept.earlier) == "valid", "until the record begins, as where none is kept"
        record_keeping.new_key()
        assert verified() == []
        assert status(kept.earlier) == "valid"
        assert record_keeping.record().state == "ok"


def test_copy_that_was_put_back_where_another_record_had_begun_is_no_alarm(
    app: Flask, kept: Kept
) -> None:
    """A new machine was started, and began a record, before the backup was restored on it."""
    with app.app_context():
        anchors = anchor_file(platform(app).settings)
        anchors.write_text(f"2026-11-30 1 {'x' * 43}\n", "ascii")
        assert any("another one than the anchor" in one for one in verified())
        note_restored()
        assert verified() == []
        assert [one.head for one in written_anchors(anchors)] == [head()], "its own anchor holds"


def test_certificates_that_changed_places_do_not_lend_each_other_their_end(
    app: Flask, kept: Kept
) -> None:
    with app.app_context():
        tamper(
            *(
                f"UPDATE certificate SET id = {after} WHERE id = {before}"
                for before, after in ((2, 900), (3, 2), (900, 3))
            )
        )
        assert [status(code) for code in (kept.ended, kept.later)] == ["unconfirmed"] * 2
        assert status(kept.earlier) == "valid"


def test_certificate_that_somebody_put_there_is_not_authentic(app: Flask, kept: Kept) -> None:
    """The page tells no lie in either direction: one that was just issued is authentic before the
    sealer came, one that was put into the table, edited, or given back its validity is not.
    """
    with app.app_context():
        with transaction() as db:
            fresh = finished(db).certificate(db)
        assert [status(code) for code in (fresh, kept.earlier, kept.later)] == ["valid"] * 3
        assert (status(kept.ended), status(kept.nameless)) == ("revoked", "valid")
        tamper(
            FORGED,
            "UPDATE certificate SET completed_on = '2020-02-02' WHERE id = 1",
            "DELETE FROM revocation WHERE certificate_id = 2",
        )
        for code in (CODE, kept.earlier, kept.ended):
            assert status(code) == "unconfirmed"
        assert status(kept.later) == "valid"
        tamper("DELETE FROM record_link")
        assert status(CODE) == "unconfirmed"
        with reading() as db:
            assert certificate_of_file(db, SHA) is not None
        tamper(f"UPDATE certificate_file SET sha256 = '{'cd' * 32}'")
        with reading() as db:
            assert certificate_of_file(db, "cd" * 32) is None
    page = app.test_client().get(f"/v/{kept.earlier}")
    assert (page.status_code, "confíe en él solo" in page.text) == (404, True)
    assert "2020" not in page.text


def test_without_a_key_certificates_verify_as_before(app: Flask) -> None:
    with app.app_context():
        with transaction() as db:
            code = finished(db).certificate(db)
        assert status(code) == "valid"
        assert record_keeping.record().state == "off"
        assert record_keeping.seal() == 0


def test_key_that_is_not_the_chains_says_so_and_links_nothing(app: Flask, kept: Kept) -> None:
    with app.app_context():
        settings = platform(app).settings
        own = key_file(settings).read_text("ascii")
        key_file(settings).unlink()
        assert record_keeping.record().state == "degraded"
        with pytest.raises(RecordUnfit, match="bring it back"):
            record_keeping.new_key()
        add_key(settings)
        before = head()
        with transaction() as db:
            finished(db).certificate(db)
        record_keeping.seal_due()
        assert head() == before
        assert record_keeping.record().state == "degraded"
        key_file(settings).write_text(own, "ascii")
        assert record_keeping.seal() == 0  # what another key marked is none of ours


def test_commands_tell_in_sentences(app: Flask, kept: Kept) -> None:
    runner = app.test_cli_runner()
    told = runner.invoke(args=["journal", "verify"])
    assert (told.exit_code, "The record is whole." in told.output) == (0, True)
    place, mac = told.output.split("The last one: ")[1].split()[:2]
    again = runner.invoke(args=["journal", "verify", "--anchor", f"{place} {mac}"])
    assert again.exit_code == 0
    with app.app_context():
        tamper("UPDATE journal_entry SET fact = 'Other' WHERE id = 2")
    found = runner.invoke(args=["journal", "verify"])
    assert found.exit_code == 3
    assert "Entry 2 of the journal" in found.output
    assert runner.invoke(args=["journal", "verify", "--anchor", "x"]).exit_code == 1
