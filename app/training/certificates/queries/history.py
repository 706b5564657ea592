"""The whole history of certificates, from their tables, the journal and the outbox."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.infra.journal import JournalEntry
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.training.certificates.facts import (
    CertificateCorrected,
    CertificateFact,
    CertificateIssued,
    CertificateLetterAsked,
    CertificateRevoked,
    RevocationProposed,
    RevocationWithdrawn,
    SuccessorProposed,
)
from app.training.certificates.models import (
    Certificate,
    CertificateFile,
    NameErasure,
    RenewalNotice,
    Revocation,
)
from app.training.certificates.queries.listing import RegisterRow
from app.training.certificates.values import PDF, HistoryKind, HistoryLine, RevocationReason
from app.web.letters_ahead import FollowingLetter

IDS: Any = bindparam("ids", expanding=True)
ACTS: Mapping[str, HistoryKind] = {
    CertificateIssued.__name__: HistoryKind.ISSUED,
    CertificateCorrected.__name__: HistoryKind.ISSUED,
    CertificateLetterAsked.__name__: HistoryKind.LETTER_ASKED,
    RevocationProposed.__name__: HistoryKind.PROPOSED,
    RevocationWithdrawn.__name__: HistoryKind.WITHDRAWN,
    CertificateRevoked.__name__: HistoryKind.REVOKED,
    SuccessorProposed.__name__: HistoryKind.SUCCESSOR_PROPOSED,
}
OF_PROPOSALS = (
    HistoryKind.PROPOSED,
    HistoryKind.WITHDRAWN,
    HistoryKind.SUCCESSOR_PROPOSED,
)
_ENTRIES = (
    select(JournalEntry)
    .where(
        JournalEntry.subject_kind == CertificateFact.subject_kind,
        JournalEntry.subject_id.in_(bindparam("codes", expanding=True)),
        JournalEntry.fact.in_(ACTS),
    )
    .order_by(JournalEntry.at, JournalEntry.id)
)
_ISSUED = select(Certificate.id, Certificate.issued_at).where(Certificate.id.in_(IDS))
_DRAWN = select(
    CertificateFile.certificate_id, CertificateFile.stored_at, CertificateFile.seal_lacks
).where(CertificateFile.certificate_id.in_(IDS), CertificateFile.media_type == PDF)
_REMINDED = select(RenewalNotice).where(RenewalNotice.certificate_id.in_(IDS))
_REVOKED = select(Revocation).where(Revocation.certificate_id.in_(IDS))
_ERASED = select(NameErasure.certificate_id, NameErasure.erased_at).where(
    NameErasure.certificate_id.in_(IDS)
)
_LATER = aliased(Certificate)
_REPLACED = select(_LATER.replaces_id, _LATER.code, _LATER.issued_at).where(
    _LATER.replaces_id.in_(IDS)
)
_NAMES = (
    select(Account.id, func.coalesce(Person.full_name, Account.email))
    .select_from(Account)
    .outerjoin(Person, Person.id == Account.person_id)
    .where(Account.id.in_(bindparam("accounts", expanding=True)))
)


Letters = Callable[[Session, Collection[tuple[int, int]]], Mapping[int, FollowingLetter]]


def histories(
    db: Session, rows: Sequence[RegisterRow], *, letters: Letters, with_proposals: bool
) -> dict[str, list[HistoryLine]]:
    """Returns what happened to each certificate by its code, the oldest first.

    The callers have decided that the actor may see these rows; `with_proposals` adds what is for
    organizers alone: who proposed to revoke and who decided. `letters` is the port's `written`. The
    number of statements is fixed.
    """
    codes = {row.id: row.code for row in rows}
    lines: defaultdict[str, list[HistoryLine]] = defaultdict(list)
    if not codes:
        return lines
    ids = {"ids": list(codes)}
    entries = list(db.scalars(_ENTRIES, {"codes": list(codes.values())}))
    names = _names_of(db, {entry.actor_account_id for entry in entries})
    said: set[tuple[str, HistoryKind]] = set()
    for entry in entries:
        kind = ACTS[entry.fact]
        said.add((entry.subject_id, kind))
        if kind in OF_PROPOSALS and not with_proposals:
            continue
        reason = entry.payload.get("reason")
        lines[entry.subject_id].append(
            HistoryLine(
                at=entry.at,
                kind=kind,
                who=names.get(entry.actor_account_id or 0, "") if with_proposals else "",
                detail=entry.payload.get("replaces", ""),
                reason=RevocationReason(reason) if reason else None,
            )
        )
    # what the journal does not tell, because it is older or no fact
    for number, at in db.execute(_ISSUED, ids):
        if (codes[number], HistoryKind.ISSUED) not in said:
            lines[codes[number]].append(HistoryLine(at, HistoryKind.ISSUED))
    for revocation in db.scalars(_REVOKED, ids):
        code = codes[revocation.certificate_id]
        if (code, HistoryKind.REVOKED) not in said:
            reason = RevocationReason(revocation.reason)
            lines[code].append(
                HistoryLine(revocation.revoked_at, HistoryKind.REVOKED, reason=reason)
            )
    for number, at, lack in db.execute(_DRAWN, ids):
        lines[codes[number]].append(HistoryLine(at, HistoryKind.DRAWN, detail=lack))
    for notice in db.scalars(_REMINDED, ids):
        lines[codes[notice.certificate_id]].append(
            HistoryLine(notice.told_at, HistoryKind.REMINDED, detail=str(notice.days))
        )
    for replaced, code, at in db.execute(_REPLACED, ids):
        lines[codes[replaced or 0]].append(HistoryLine(at, HistoryKind.REPLACED, detail=code))
    for number, at in db.execute(_ERASED, ids):
        lines[codes[number]].append(HistoryLine(at, HistoryKind.ERASED))
    code_of = {entry.id: entry.subject_id for entry in entries}
    causes = [(entry.id, entry.payload["person_id"]) for entry in entries]
    for cause, letter in letters(db, causes).items():
        lines[code_of[cause]].append(
            HistoryLine(
                at=letter.at,
                kind=HistoryKind.LETTER,
                detail=letter.address,
                fate=letter.fate,
                message_id=letter.message_id,
            )
        )
    return {code: sorted(of_one, key=lambda line: line.at) for code, of_one in lines.items()}


def _names_of(db: Session, accounts: Collection[int | None]) -> dict[int, str]:
    rows = db.execute(_NAMES, {"accounts": sorted(one for one in accounts if one)})
    return {row[0]: row[1] for row in rows}
