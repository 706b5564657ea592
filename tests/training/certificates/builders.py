"""Certificates for tests: the edge cases that ship with the designs, and people who completed a
course.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import transaction
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.people.directory.models import (
    Appointment,
    Country,
    Institution,
    Person,
    Post,
    PresidencyTerm,
)
from app.people.identity.models import Account, RoleGrant
from app.training.certificates.models import Certificate
from app.training.certificates.rules import code_from, in_place_of
from app.training.certificates.services.ending import revoke_certificate
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.values import (
    CertificateFacts,
    IssuedFrom,
    RevocationReason,
    canonical_json,
    facts_from,
    fingerprint_of,
)
from app.training.learning.models import (
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Module,
    Unit,
    UnitRendition,
)
from app.training.learning.rules.duration import WORDS_A_MINUTE
from app.training.learning.values import GUIDELINES
from app.training.library.models import GuidelineVersion
from app.web.site import site

DESIGNS = Path(__file__).resolve().parents[3] / "certificates"
SAMPLES = sorted(path.stem for path in (DESIGNS / "samples").glob("*.json"))
ADDRESS = "https://convoca.example.org"
EVENING = datetime(2026, 11, 25, 3, 10, tzinfo=UTC)
"""21:10 on 24 November in Costa Rica: already tomorrow in UTC."""

_numbers = count(101)  # editions of content that is published beside these count from 1


def sample(name: str = "two-surnames", **changes: Any) -> CertificateFacts:
    return replace(facts_from((DESIGNS / "samples" / f"{name}.json").read_text("utf-8")), **changes)


@dataclass(frozen=True)
class Finished:
    """Ids of somebody who completed an edition."""

    person_id: int
    edition_id: int
    enrolment_id: UUID

    def actor(self, country: str = "CR") -> Actor:
        return Actor(account_id=900 + self.person_id, person_id=self.person_id, country=country)

    def certificate(
        self,
        db: Session,
        *,
        now: datetime = EVENING,
        actor: Actor = SYSTEM,
        is_demo: bool = False,
    ) -> str:
        return issue_certificate(
            db,
            actor=actor,
            now=now,
            person_id=self.person_id,
            course_edition_id=self.edition_id,
            place=IssuedFrom(ADDRESS, is_demo=is_demo),
        )


def a_correction(db: Session, code: str, *, name: str = "Another Name") -> str:
    """Writes a certificate that says what the one with this code says, with another name."""
    before = db.scalars(select(Certificate).where(Certificate.code == code)).one()
    corrected = code_from(next(_numbers))
    facts = replace(facts_from(before.facts), code=corrected, holder_name=name)
    same = ("kind", "person_id", "course_edition_id", "enrolment_id", "country_code", "design")
    days = ("completed_on", "last_valid_on", "issued_at")
    db.add(
        Certificate(
            **{name: getattr(before, name) for name in (*same, *days)},
            code=corrected,
            facts=canonical_json(facts),
            facts_sha256=fingerprint_of(canonical_json(facts)),
            achievement=in_place_of(code),
            replaces_id=before.id,
        )
    )
    db.flush()
    return corrected


def focal_point(country: str) -> Actor:
    return Actor(
        account_id=800, grants=frozenset({Grant(Role.FOCAL_POINT, country)}), country=country
    )


def an_organizer(db: Session) -> Actor:
    number = next(_numbers)
    account = Account(
        email=f"organizer-{number}@example.org", fs_uniquifier=f"o{number}", created_at=EVENING
    )
    db.add(account)
    db.flush()
    return Actor(account_id=account.id, grants=frozenset({Grant(Role.ORGANIZER)}))


def a_country(db: Session, code: str = "CR") -> Country:
    known = {
        "CR": ("Costa Rica", "Costa Rica", "America/Costa_Rica"),
        "HN": ("Honduras", "Honduras", "America/Tegucigalpa"),
        "BZ": ("Belice", "Belize", "America/Belize"),
        "DO": ("República Dominicana", "Dominican Republic", "America/Santo_Domingo"),
    }
    country = db.get(Country, code)
    if country is None:
        es, en, zone = known[code]
        country = Country(code=code, name=LocalizedText(es=es, en=en), timezone=zone)
        db.add(country)
        db.flush()
    return country


def an_edition(
    db: Session, *, validity_months: int = 24, adopted_on: date | None = date(2019, 6, 1)
) -> int:
    number = next(_numbers)
    version = GuidelineVersion(
        label=f"2019-{number}",
        title=LocalizedText(es="Lineamientos", en="Guidelines"),
        source_note=LocalizedText(),
        adopted_on=adopted_on,
    )
    course = db.scalar(select(Course).where(Course.slug == GUIDELINES)) or Course(
        slug=GUIDELINES, title=LocalizedText(es="Lineamientos", en="Guidelines")
    )
    db.add_all([version, course])
    db.flush()
    edition = CourseEdition(
        course_id=course.id,
        label=f"2026.{number}",
        title=LocalizedText(es="Lineamientos en la práctica", en="Guidelines at work"),
        summary=LocalizedText(),
        guideline_version_id=version.id,
        published_at=EVENING,
        content_hash="0" * 64,
        validity_months=validity_months,
    )
    db.add(edition)
    db.flush()
    for place, (minutes, available) in enumerate([(75, True), (90, True), (60, False)], start=1):
        title = LocalizedText(es=f"Módulo {place}", en="" if place == 1 else f"Module {place}")
        module = Module(
            edition_id=edition.id,
            number=place,
            slug=f"m{place}",
            title=title,
            outcome=LocalizedText(),
            minutes=minutes,
            is_available=available,
        )
        db.add(module)
        db.flush()
        if available:
            _a_text(db, module.id, words=minutes * WORDS_A_MINUTE // 5)
    db.flush()
    return edition.id


def _a_text(db: Session, module_id: int, *, words: int) -> None:
    unit = Unit(
        module_id=module_id,
        code="L1",
        position=1,
        kind="page",
        minutes=10,
        title=LocalizedText(es="L"),
        draw={},
    )
    db.add(unit)
    db.flush()
    db.add(UnitRendition(unit_id=unit.id, language="es", screen=1, body="palabra " * words))
    db.flush()


def finished(
    db: Session,
    *,
    name: str = "María José Ñáñez Güell de la O",
    sort_key: str = "Ñáñez Güell de la O, María José",
    country: str = "CR",
    decided_at: datetime = EVENING,
    edition_id: int | None = None,
    completed: bool = True,
) -> Finished:
    """Somebody who serves in a country and completed an edition (or only enrolled)."""
    home = a_country(db, country)
    edition_id = edition_id if edition_id is not None else an_edition(db)
    person = Person(full_name=name, sort_key=sort_key, country_code=country, timezone=home.timezone)
    institution = Institution(
        country_code=country,
        name=LocalizedText(es="Dirección de Migración", en="Migration Directorate"),
        kind="migration",
    )
    db.add_all([person, institution])
    db.flush()
    post = Post(institution_id=institution.id, title=LocalizedText(es="Oficial", en="Officer"))
    db.add(post)
    db.flush()
    db.add(
        Appointment(
            person_id=person.id, post_id=post.id, valid_from=date(2025, 1, 1), valid_until=None
        )
    )
    enrolment = Enrolment(
        person_id=person.id,
        course_id=db.get_one(CourseEdition, edition_id).course_id,
        edition_id=edition_id,
        language="es",
        started_at=decided_at,
        closed_at=decided_at if completed else None,
    )
    db.add(enrolment)
    db.flush()
    if completed:
        db.add(
            Completion(
                enrolment_id=enrolment.id, module_id=None, rule_version="1", decided_at=decided_at
            )
        )
        db.flush()
    return Finished(person.id, edition_id, enrolment.id)


def a_presidency(
    db: Session, name: str = "Ana Lucía Solís Quirós", country: str = "CR", year: int = 2026
) -> None:
    a_country(db, country)
    number = next(_numbers)
    person = Person(
        full_name=name, sort_key=name, country_code=country, timezone="America/Costa_Rica"
    )
    db.add(person)
    db.flush()
    account = Account(
        email=f"presidency-{number}@example.org",
        person_id=person.id,
        fs_uniquifier=f"u{number}",
        created_at=EVENING,
    )
    db.add_all(
        [
            account,
            PresidencyTerm(
                country_code=country, valid_from=date(year, 1, 1), valid_until=date(year + 1, 1, 1)
            ),
        ]
    )
    db.flush()
    db.add(
        RoleGrant(
            account_id=account.id,
            role="presidency",
            scope=country,
            valid_from=date(year, 1, 1),
            valid_until=date(year + 1, 1, 1),
        )
    )
    db.flush()


def sign_in(app: Flask, actor: Actor) -> None:
    """Every request from now on is this actor's."""
    site(app).load_actor = lambda: actor


def revoke(app: Flask, code: str) -> None:
    with app.app_context(), transaction() as db:
        revoke_certificate(
            db,
            actor=an_organizer(db),
            now=EVENING,
            code=code,
            reason=RevocationReason.WRONG_NAME,
            note="private words",
        )
