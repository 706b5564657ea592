"""What certificates say, look like and are signed by from now on. What was issued stays as it is."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.training.certificates import policy, rules
from app.training.certificates.facts import (
    CertificateLookSet,
    CertificateTextReset,
    CertificateTextSet,
    SignatoryRemoved,
    SignatorySet,
)
from app.training.certificates.models import (
    CertificateLook,
    CertificatePicture,
    CertificateText,
    SignatoryTerm,
)
from app.training.certificates.queries.papers import (
    ONLY,
    SignatoryView,
    office_papers,
    signatory_terms,
)
from app.training.certificates.values import (
    PAPER_LANGUAGES,
    CertificateKind,
    PaperLook,
    PaperText,
)

LOCK = "certificate papers"
LONGEST_SIGNATORY = 80
LONGEST_ROLE = 140


def set_text(
    db: Session,
    *,
    actor: Actor,
    kind: CertificateKind,
    text: PaperText,
    seen: str = "",
    now: datetime,
) -> None:
    """Has certificates of a kind say this from now on. Refuses by field what cannot be printed;
    whether it fits the sheet is tried out by the edge, which draws it.
    """
    policy.require_may_set_papers(actor)
    lock_by_name(db, LOCK)
    standing = office_papers(db).text(kind)
    require_as_seen(seen, standing)
    if mistakes := rules.mistakes_in_text(kind, text):
        raise InvalidInput(mistakes)
    if text == standing:
        return
    if text == rules.FIRST_TEXTS[kind]:
        _reset(db, actor=actor, kind=kind, now=now)
        return
    row = db.get(CertificateText, kind.value) or CertificateText(kind=kind.value)
    row.title, row.opening, row.sentence = text.title, text.opening, text.sentence
    db.add(row)
    journal.record(db, CertificateTextSet(kind), actor=actor, now=now)


def reset_text(db: Session, *, actor: Actor, kind: CertificateKind, now: datetime) -> None:
    """Has certificates of a kind say again what they said first; nothing where they do."""
    policy.require_may_set_papers(actor)
    lock_by_name(db, LOCK)
    _reset(db, actor=actor, kind=kind, now=now)


def _reset(db: Session, *, actor: Actor, kind: CertificateKind, now: datetime) -> None:
    row = db.get(CertificateText, kind.value)
    if row is not None:
        db.delete(row)
        journal.record(db, CertificateTextReset(kind), actor=actor, now=now)


def set_look(db: Session, *, actor: Actor, look: PaperLook, seen: str = "", now: datetime) -> None:
    """Has certificates look so from now on. Refuses colours that cannot be read on the paper, and a
    logo that `keep_picture` did not note.
    """
    policy.require_may_set_papers(actor)
    lock_by_name(db, LOCK)
    standing = office_papers(db).look
    require_as_seen(seen, standing)
    if mistakes := rules.mistakes_in_colours(look.deep, look.accent):
        raise InvalidInput(mistakes)
    if look == standing:
        return
    row = db.get(CertificateLook, ONLY) or CertificateLook(id=ONLY)
    row.deep, row.accent, row.logo = look.deep, look.accent, look.logo or None
    db.add(row)
    fact = CertificateLookSet(look.deep, look.accent, bool(look.logo))
    journal.record(db, fact, actor=actor, now=now)


def keep_picture(db: Session, *, actor: Actor, sha256: str, size: int, now: datetime) -> None:
    """Notes a logo or a signature whose bytes are stored, for ever; once, whoever sends it again."""
    policy.require_may_set_papers(actor)
    lock_by_name(db, LOCK)
    if db.get(CertificatePicture, sha256) is None:
        stored_by = actor.account_id or None
        db.add(CertificatePicture(sha256=sha256, size=size, stored_at=now, stored_by=stored_by))
        db.flush()


def set_signatory(
    db: Session,
    *,
    actor: Actor,
    signatory: SignatoryView,
    seen: str = "",
    now: datetime,
) -> int:
    """Enters a signatory, or changes the one with this id; 0 is a new one. Returns the id.

    Refuses by field what cannot be printed, days without an order, and days on which somebody else
    signs.
    """
    policy.require_may_set_papers(actor)
    lock_by_name(db, LOCK)
    terms = signatory_terms(db)
    standing = next((one for one in terms if one.id == signatory.id), None)
    if signatory.id and standing is None:
        raise NotFound
    require_as_seen(seen, standing)
    others = [one for one in terms if one.id != signatory.id]
    if mistakes := _mistakes(signatory, others):
        raise InvalidInput(mistakes)
    if signatory == standing:
        return signatory.id
    row = db.get(SignatoryTerm, signatory.id) or SignatoryTerm()
    row.name, row.role = signatory.name, signatory.role
    row.valid_from, row.valid_until = signatory.valid_from, signatory.valid_until
    row.signature = signatory.signature or None
    db.add(row)
    db.flush()
    fact = SignatorySet(row.id, row.valid_from, row.valid_until, bool(row.signature))
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def remove_signatory(db: Session, *, actor: Actor, term_id: int, now: datetime) -> None:
    """Takes a signatory out who was entered by mistake; one who is gone already stays gone."""
    policy.require_may_set_papers(actor)
    lock_by_name(db, LOCK)
    row = db.get(SignatoryTerm, term_id)
    if row is not None:
        db.delete(row)
        journal.record(db, SignatoryRemoved(term_id), actor=actor, now=now)


def _mistakes(signatory: SignatoryView, others: list[SignatoryView]) -> dict[str, Sentence]:
    mistakes: dict[str, Sentence] = {}
    if not signatory.name:
        mistakes["name"] = Sentence(N_("Write the name as it is to be printed."))
    elif strange := rules.undrawn(signatory.name):
        mistakes["name"] = Sentence(rules.CANNOT_PRINT, {"sign": strange})
    for language in PAPER_LANGUAGES:
        role = signatory.role[language]
        if not role:
            mistakes[f"role_{language}"] = Sentence(rules.IN_BOTH)
        elif strange := rules.undrawn(role):
            mistakes[f"role_{language}"] = Sentence(rules.CANNOT_PRINT, {"sign": strange})
    if signatory.valid_until is not None and signatory.valid_until <= signatory.valid_from:
        mistakes["valid_until"] = Sentence(N_("The last day is before the first one."))
    elif other := next((one for one in others if _meet(signatory, one)), None):
        mistakes["valid_from"] = Sentence(
            N_("On some of these days %(name)s signs. Give that term a last day first."),
            {"name": other.name},
        )
    return mistakes


def _meet(one: SignatoryView, other: SignatoryView) -> bool:
    """Returns True when both sign on one day at least."""
    first, second = sorted((one, other), key=_begins)
    return first.valid_until is None or second.valid_from < first.valid_until


def _begins(view: SignatoryView) -> date:
    return view.valid_from
