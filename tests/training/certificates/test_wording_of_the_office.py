"""What the office has certificates say, look like and are signed by (issue 27, point 11)."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.journal import JournalEntry
from app.infra.pictures import NotAPicture, ink_png
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.training.certificates import rules
from app.training.certificates.exports import render_pdf
from app.training.certificates.exports.colours import art_of, matrix_to
from app.training.certificates.exports.picture import render_picture
from app.training.certificates.models import (
    Certificate,
    CertificateFile,
    CertificatePicture,
    CertificateText,
    SignatoryTerm,
)
from app.training.certificates.queries.papers import (
    SignatoryView,
    office_papers,
    signatory_terms,
)
from app.training.certificates.services.correcting import correct_certificates
from app.training.certificates.services.papers import (
    keep_picture,
    remove_signatory,
    reset_text,
    set_look,
    set_signatory,
    set_text,
)
from app.training.certificates.tasks import signatory, stored_pdf
from app.training.certificates.values import (
    WORDED,
    CertificateFacts,
    CertificateKind,
    IssuedFrom,
    PaperLook,
    PaperText,
    PrintedPaper,
    facts_from,
)
from tests.security.test_races import together
from tests.support.actors import csrf_token
from tests.training.certificates.builders import (
    DESIGNS,
    EVENING,
    Finished,
    an_organizer,
    finished,
    focal_point,
    sample,
    sign_in,
)
from tests.training.certificates.test_conformance import PROMISED, broken_rules
from tests.training.certificates.test_exports import structure, text_of

pytestmark = pytest.mark.usefixtures("the_day")
TODAY = date(2026, 11, 24)
COMPLETION = CertificateKind.COMPLETION
OWN = PaperText(
    title=LocalizedText(es="Diploma de estudios", en="Diploma of studies"),
    opening=LocalizedText(es="{organismo} otorga este diploma a", en="{body} awards this to"),
    sentence=LocalizedText(
        es="por estudiar {módulos} de «{curso}» hasta el {fecha}.",
        en="for studying {modules} of “{course}” until {date}.",
    ),
)
RED = PaperLook("#5b1a3a", "#2f7d5b")
PAPERS = "/certificates/papers"
TEXT = f"{PAPERS}/texts/completion"


@pytest.fixture
def office(app: Flask) -> Actor:
    with app.app_context(), transaction() as db:
        return an_organizer(db)


def a_picture(colour: str = "#1d2f6f", ground: str = "white") -> bytes:
    picture = Image.new("RGB", (600, 240), ground)
    ImageDraw.Draw(picture).line([(40, 200), (220, 40), (400, 180), (560, 60)], colour, 12)
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def ink(colour: str = "#1d2f6f") -> bytes:
    return ink_png(a_picture(colour), most=(400, 160), most_bytes=60_000)


def kept(app: Flask, office: Actor, png: bytes) -> str:
    with app.app_context(), transaction() as db:
        files().put(png)
        sha256 = hashlib.sha256(png).hexdigest()
        keep_picture(db, actor=office, sha256=sha256, size=len(png), now=EVENING)
    return sha256


def a_term(first: date, last: date | None = None, **changes: Any) -> SignatoryView:
    term = SignatoryView(
        id=0,
        name="Inés Ñandú Quirós",
        role=LocalizedText(es="Secretaria Ejecutiva", en="Executive Secretary"),
        valid_from=first,
        valid_until=None if last is None else last + timedelta(days=1),
        signature="",
    )
    return replace(term, **changes)


def say(app: Flask, office: Actor, text: PaperText = OWN, **how: Any) -> None:
    with app.app_context(), transaction() as db:
        set_text(db, actor=office, kind=COMPLETION, text=text, now=EVENING, **how)


def sign(app: Flask, office: Actor, term: SignatoryView, **how: Any) -> int:
    with app.app_context(), transaction() as db:
        return set_signatory(db, actor=office, signatory=term, now=EVENING, **how)


def issued(app: Flask, somebody: Finished) -> CertificateFacts:
    with app.app_context(), transaction() as db:
        code = somebody.certificate(db)
        return facts_from(
            db.scalars(select(Certificate.facts).where(Certificate.code == code)).one()
        )


# Words.


@pytest.mark.parametrize(
    ("name", "written", "sentence"),
    [
        ("sentence_es", "completó {curzo}, {módulos}, {fecha}", "%(word)s means nothing here"),
        ("sentence_es", "completó {módulos} de {curso}", "%(word)s is missing"),
        ("sentence_es", "{módulos} de {curso} el {fecha} {", "A brace stands alone"),
        ("sentence_es", "{módulos} de {curso} el {fecha} {evento}", "%(word)s means nothing here"),
        ("sentence_en", "{módulos} of {course} on {date}, {modules}", "means nothing here"),
        ("sentence_es", "{módulos} de {curso} el {fecha} 中", "cannot print the sign"),
        ("sentence_es", "", "in both languages"),
        ("title_en", "Diploma {date}", "is not filled in here"),
        ("title_es", "x" * 71, "at most"),
        ("opening_es", "{fecha} certifica", "means nothing here"),
    ],
)
def test_what_cannot_be_printed_is_said_at_its_field(
    name: str, written: str, sentence: str
) -> None:
    part, _, language = name.partition("_")
    changed = {**dict(getattr(OWN, part)), language: written}
    text = replace(OWN, **{part: LocalizedText(changed)})
    mistakes = rules.mistakes_in_text(COMPLETION, text)
    assert list(mistakes) == [name]
    assert sentence in mistakes[name].msgid


def test_placeholders_are_known_without_accents_and_in_capitals() -> None:
    text = replace(
        OWN,
        sentence=LocalizedText(
            es="{MODULOS} de {Curso} el {fecha}", en="{modules} of {course} on {date}"
        ),
    )
    assert rules.mistakes_in_text(COMPLETION, text) == {}


def test_first_words_are_sound_for_every_kind() -> None:
    for kind in CertificateKind:
        assert rules.mistakes_in_text(kind, rules.FIRST_TEXTS[kind]) == {}


@pytest.mark.parametrize("kind", CertificateKind)
def test_first_words_are_those_of_the_designs_before(kind: CertificateKind) -> None:
    """Nothing on paper changes while the office writes nothing."""
    name = {
        COMPLETION: "two-of-eight",
        CertificateKind.ATTENDANCE: "attended",
        CertificateKind.HOST: "host",
    }.get(kind, kind.value)
    before = sample(name)
    if not before.body_name:
        of_body = sample("module")
        before = replace(before, body_name=of_body.body_name, certifier=of_body.certifier)
    paper = PrintedPaper(rules.FIRST_TEXTS[kind], PaperLook())
    printed = rules.printed(kind, paper, is_whole=before.is_whole)
    worded = replace(before, design=WORDED, paper=printed)
    assert text_of(render_pdf(worded)) == text_of(render_pdf(before))


@pytest.mark.both_databases
def test_what_was_issued_stays_and_what_is_issued_next_says_the_new(
    app: Flask, somebody: Finished, code: str, office: Actor
) -> None:
    with app.app_context():
        before = stored_pdf(code, now=EVENING)
        with reading() as db:
            row = db.scalars(select(Certificate)).one()
            facts, sha256 = row.facts, row.facts_sha256
    say(app, office)
    sign(app, office, a_term(TODAY))
    with app.app_context(), transaction() as db:
        set_look(db, actor=office, look=RED, now=EVENING)
    with app.app_context(), transaction() as db:
        db.delete(db.scalars(select(CertificateFile)).one())  # as if it had not been drawn yet
    with app.app_context():
        again = stored_pdf(code, now=EVENING)
    assert text_of(again) == text_of(before)
    assert "Diploma" not in text_of(again)
    with app.app_context(), reading() as db:
        row = db.scalars(select(Certificate)).one()
        assert (row.facts, row.facts_sha256) == (facts, sha256)
        assert hashlib.sha256(row.facts.encode()).hexdigest() == sha256
    with app.app_context(), transaction() as db:
        other = finished(db)
    new = issued(app, other)
    assert new.paper is not None
    assert (new.paper.look, new.issuer_name) == (RED, "Inés Ñandú Quirós")
    said = text_of(render_pdf(new))
    assert "La Conferencia Regional sobre Migración otorga este diploma a" in said
    assert "por estudiar los módulos 1–2 de 3 de «Lineamientos en la práctica» hasta el" in said
    assert "awards this to" in said
    assert "Secretaria Ejecutiva" in said


def test_course_taken_in_part_is_never_called_whole(
    app: Flask, somebody: Finished, office: Actor
) -> None:
    say(app, office)
    facts = issued(app, somebody)
    assert facts.paper is not None
    assert facts.paper.text.title["es"] == "Certificado de módulos completados"
    assert facts.paper.text.opening == OWN.opening


def test_saving_resets_and_tells_the_journal(app: Flask, office: Actor) -> None:
    say(app, office)
    say(app, office)
    say(app, office, rules.FIRST_TEXTS[COMPLETION])
    say(app, office)
    with app.app_context(), transaction() as db:
        reset_text(db, actor=office, kind=COMPLETION, now=EVENING)
        reset_text(db, actor=office, kind=COMPLETION, now=EVENING)
    with app.app_context(), reading() as db:
        assert office_papers(db).own == {}
        told = db.scalars(
            select(JournalEntry.fact).where(JournalEntry.subject_kind == "certificate-text")
        ).all()
    assert told == ["CertificateTextSet", "CertificateTextReset"] * 2


@pytest.mark.both_databases
def test_of_two_who_write_at_once_the_second_is_told(app: Flask, office: Actor) -> None:
    seen = mark_of(rules.FIRST_TEXTS[COMPLETION])
    other = replace(OWN, title=LocalizedText(es="Otro", en="Another"))

    def write(text: PaperText) -> None:
        say(app, office, text, seen=seen)

    results = together(app, [lambda: write(OWN), lambda: write(other)])
    assert sorted(type(one).__name__ for one in results) == ["ChangedMeanwhile", "NoneType"]
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(CertificateText)).all()) == 1


@pytest.mark.parametrize("who", ["HN", "CR"])
def test_focal_points_change_nothing(app: Flask, who: str) -> None:
    actor = focal_point(who)
    with app.app_context(), transaction() as db:
        for act in (
            lambda: set_text(db, actor=actor, kind=COMPLETION, text=OWN, now=EVENING),
            lambda: set_look(db, actor=actor, look=RED, now=EVENING),
            lambda: set_signatory(db, actor=actor, signatory=a_term(TODAY), now=EVENING),
            lambda: remove_signatory(db, actor=actor, term_id=1, now=EVENING),
            lambda: keep_picture(db, actor=actor, sha256="0" * 64, size=1, now=EVENING),
        ):
            with pytest.raises(NotAllowed):
                act()


# Colours and pictures.


def test_colours_that_cannot_be_read_are_refused(app: Flask, office: Actor) -> None:
    assert list(rules.mistakes_in_colours("#e9c46a", "#b57a1e")) == ["deep"]
    assert list(rules.mistakes_in_colours("#17495a", "#f4e3c1")) == ["accent"]
    assert list(rules.mistakes_in_colours("red", "#000;}")) == ["deep", "accent"]
    assert rules.mistakes_in_colours("#17495a", "#b57a1e") == {}
    assert rules.contrast("#000000", "#ffffff") == pytest.approx(21)
    with app.app_context(), transaction() as db, pytest.raises(InvalidInput):
        set_look(db, actor=office, look=PaperLook("#ffffff", "#ffffff"), now=EVENING)


def test_art_is_drawn_in_the_colours_of_the_office() -> None:
    art = (DESIGNS / "shared/paper_v4/art.svg").read_text("utf-8")
    facts = sample("worded-of-another-body")
    assert facts.paper is not None
    drawn = art_of(art, facts.paper)
    assert "#5b1a3a" in drawn
    assert "#2f7d5b" in drawn
    assert "#17495a" not in drawn
    assert rules.GROUND in drawn, "the paper itself keeps its colour"
    assert matrix_to(PaperLook()) is None
    assert art_of(art, sample("worded-module").paper) == art
    mark = art_of(art, replace(facts.paper, look=PaperLook(logo="0" * 64)))
    assert "translate(148.5 28.4)" in art
    assert "translate(148.5 28.4)" not in mark


def test_logo_and_signature_are_printed_with_their_words_and_keep_the_standards() -> None:
    logo, signature = ink("#7a1f3d"), ink()
    pictures = {hashlib.sha256(one).hexdigest(): one for one in (logo, signature)}
    of_logo, of_signature = pictures
    facts = sample("worded-very-long")
    assert facts.paper is not None
    look = replace(RED, logo=of_logo)
    facts = replace(facts, paper=replace(facts.paper, look=look, signature=of_signature))
    pdf = render_pdf(facts, pictures=pictures)
    assert [broken_rules(pdf, profile) for profile in PROMISED] == [[], []]
    reader = PdfReader(BytesIO(pdf))
    alts = [str(one["/Alt"]) for one in structure(reader) if one.get("/S") == "/Figure"]
    assert f"Firma: {facts.issuer_name}" in alts
    assert "Logotipo: Conferencia Regional sobre Migración" in alts
    assert len(reader.pages[0].images) == 2
    assert len(render_picture(facts, pictures)) <= 25 * 1024


def test_what_is_uploaded_is_written_anew_as_ink() -> None:
    png = ink_png(a_picture(), most=(400, 160), most_bytes=60_000)
    with Image.open(BytesIO(png)) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGBA")
        assert picture.width <= 400
        assert picture.height <= 160
        alpha = picture.getchannel("A")
        assert alpha.getpixel((picture.width // 2, 2)) == 0, "white is no ink"
        assert max(alpha.tobytes()) > 200
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
    nothing = BytesIO()
    Image.new("RGB", (80, 80), "white").save(nothing, "PNG")
    for content in (svg, b"", b"\x89PNG", nothing.getvalue(), a_picture()[:200]):
        with pytest.raises(NotAPicture):
            ink_png(content, most=(400, 160), most_bytes=60_000)


def test_photo_is_made_small_enough() -> None:
    noise = Image.effect_noise((1200, 700), 90).convert("RGB")
    written = BytesIO()
    noise.save(written, "PNG")
    assert len(ink_png(written.getvalue(), most=(1000, 300), most_bytes=50_000)) <= 50_000


# Who signs.


@pytest.mark.both_databases
def test_signatory_of_the_day_is_printed_and_frozen(
    app: Flask, client: FlaskClient, somebody: Finished, office: Actor
) -> None:
    sha256 = kept(app, office, ink())
    term = a_term(TODAY - timedelta(days=30), TODAY, signature=sha256)
    term_id = sign(app, office, term)
    facts = issued(app, somebody)
    assert facts.paper is not None
    assert (facts.issuer_name, facts.paper.signature) == (term.name, sha256)
    sign(app, office, replace(term, id=term_id, name="Somebody Else", signature=""))
    with app.app_context(), transaction() as db:
        remove_signatory(db, actor=office, term_id=term_id, now=EVENING)
    page = client.get(f"/verify/{facts.code}?lang=es").get_data(as_text=True)
    assert "Inés Ñandú Quirós, " in page
    assert "Secretaria Ejecutiva" in page
    with app.app_context():
        pdf = stored_pdf(facts.code, now=EVENING)
    assert "Inés Ñandú Quirós" in text_of(pdf)
    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 1


def test_without_a_signatory_in_office_there_is_no_line(
    app: Flask, client: FlaskClient, somebody: Finished, office: Actor
) -> None:
    sign(app, office, a_term(TODAY - timedelta(days=90), TODAY - timedelta(days=1)))
    facts = issued(app, somebody)
    assert (facts.issuer_name, facts.issuer_role) == ("", LocalizedText())
    pdf = render_pdf(facts)
    assert "Secretaria" not in text_of(pdf)
    assert "Sin fecha" in text_of(pdf) or "Vigente hasta" in text_of(pdf)
    assert PdfReader(BytesIO(pdf)).metadata.author == "Conferencia Regional sobre Migración"  # type: ignore[union-attr]
    page = client.get(f"/verify/{facts.code}?lang=en").get_data(as_text=True)
    assert "Regional Conference on Migration" in page
    sign_in(app, office)
    page = client.get(f"{PAPERS}?lang=es").get_data(as_text=True)
    assert "Hoy no firma nadie." in page


def test_correction_while_nobody_signs_is_issued_without_a_signature_line(
    app: Flask, somebody: Finished, office: Actor
) -> None:
    """Given a certificate that somebody signed, when its name is corrected after the term ended and
    nobody followed, then the new one is drawn and bears neither the name nor the signature of who
    signed the first.
    """
    term = a_term(TODAY - timedelta(days=30), TODAY, signature=kept(app, office, ink()))
    term_id = sign(app, office, term)
    first = issued(app, somebody)
    assert first.issuer_name == term.name
    sign(app, office, replace(term, id=term_id, valid_until=TODAY))
    with app.app_context(), transaction() as db:
        db.get_one(Person, somebody.person_id).full_name = "María José Ñáñez Güell"
        (code,) = correct_certificates(
            db,
            actor=office,
            now=EVENING,
            person_id=somebody.person_id,
            place=IssuedFrom("https://convoca.example.org"),
        )
        facts = facts_from(
            db.scalars(select(Certificate.facts).where(Certificate.code == code)).one()
        )
    assert (facts.issuer_name, facts.issuer_role) == ("", LocalizedText())
    assert facts.paper is not None
    assert facts.paper.signature == ""
    with app.app_context():
        pdf = stored_pdf(code, now=EVENING)
    assert "María José Ñáñez Güell" in text_of(pdf)
    assert "Inés" not in text_of(pdf)
    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 0


def test_until_the_first_term_begins_the_presidency_signs_as_before(
    app: Flask, somebody: Finished, office: Actor
) -> None:
    sign(app, office, a_term(TODAY + timedelta(days=1)))
    assert issued(app, somebody).issuer_name == "Secretaría Ejecutiva"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY, TODAY + timedelta(days=5), "valid_from"),
        (TODAY - timedelta(days=9), TODAY, "valid_from"),
        (TODAY - timedelta(days=9), None, "valid_from"),
        (TODAY + timedelta(days=20), TODAY, "valid_until"),
    ],
)
def test_two_never_sign_on_one_day(
    app: Flask, office: Actor, first: date, last: date | None, field: str
) -> None:
    sign(app, office, a_term(TODAY, TODAY + timedelta(days=9)))
    with pytest.raises(InvalidInput) as refused:
        sign(app, office, a_term(first, last))
    assert list(refused.value.errors) == [field]
    sign(app, office, a_term(TODAY + timedelta(days=10)))
    sign(app, office, a_term(TODAY - timedelta(days=9), TODAY - timedelta(days=1)))


@pytest.mark.both_databases
def test_of_two_who_enter_the_same_days_at_once_one_is_refused(app: Flask, office: Actor) -> None:
    results = together(app, [lambda: sign(app, office, a_term(TODAY))] * 2)
    assert sorted(type(one).__name__ for one in results) == ["InvalidInput", "int"]
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(SignatoryTerm)).all()) == 1


def test_two_who_change_one_signatory(app: Flask, office: Actor) -> None:
    term_id = sign(app, office, a_term(TODAY))
    with app.app_context(), reading() as db:
        (seen,) = signatory_terms(db)
    sign(app, office, replace(seen, name="First Change"), seen=mark_of(seen))
    with pytest.raises(ChangedMeanwhile):
        sign(app, office, replace(seen, name="Second Change", id=term_id), seen=mark_of(seen))


# The pages.


def fields(text: PaperText = OWN) -> dict[str, str]:
    return {
        f"{part}_{language}": getattr(text, part)[language]
        for part in ("title", "opening", "sentence")
        for language in ("es", "en")
    }


def post(client: FlaskClient, path: str, data: dict[str, Any]) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_token(client), **data})


def test_words_are_written_previewed_and_taken_back_at_the_screen(
    app: Flask, client: FlaskClient, office: Actor
) -> None:
    sign_in(app, office)
    page = client.get(f"{TEXT}?lang=es").get_data(as_text=True)
    assert "{módulos}" in page
    preview = post(client, f"{TEXT}/preview", {**fields(), "paper": "letter"})
    assert (preview.status_code, preview.mimetype) == (200, "application/pdf")
    assert "Diploma de estudios (DEMO)" in text_of(preview.data)
    assert [float(side) for side in PdfReader(BytesIO(preview.data)).pages[0].mediabox[2:]] == [
        792,
        612,
    ]
    with app.app_context(), reading() as db:
        assert office_papers(db).own == {}
    assert post(client, TEXT, fields()).status_code == 303
    with app.app_context(), reading() as db:
        assert office_papers(db).own == {COMPLETION: OWN}
    saved = client.get(f"{PAPERS}/completion.pdf")
    assert "no certifica a nadie" in text_of(saved.data)
    assert client.get(f"{PAPERS}/completion.webp").mimetype == "image/webp"
    assert post(client, f"{TEXT}/reset", {}).status_code == 303
    with app.app_context(), reading() as db:
        assert office_papers(db).own == {}


def test_text_that_does_not_fit_the_sheet_is_refused_at_its_field(
    app: Flask, client: FlaskClient, office: Actor
) -> None:
    sign_in(app, office)
    filling = "y más palabras de las que caben en una hoja de papel, "
    long = fields() | {
        "sentence_es": f"{filling * 8}{{módulos}} de {{curso}} el {{fecha}}"[-480:],
        "sentence_en": f"{filling * 8}{{modules}} of {{course}} on {{date}}"[-480:],
        "opening_es": filling * 2,
        "opening_en": filling * 2,
    }
    answer = post(client, f"{TEXT}?lang=es", long)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "el texto no cabe en la hoja" in page
    assert "y más palabras" in page, "what was typed is kept"
    with app.app_context(), reading() as db:
        assert office_papers(db).own == {}


def test_unknown_placeholder_is_refused_in_both_languages(
    app: Flask, client: FlaskClient, office: Actor
) -> None:
    sign_in(app, office)
    wrong = fields() | {"sentence_es": "{nombre} {{7*7}} {módulos} {curso} {fecha}"}
    for language, sentence in (
        ("es", "{nombre} no significa nada aquí. Se rellenan: {módulos}, {curso}, {fecha}"),
        ("en", "{nombre} means nothing here."),
    ):
        answer = post(client, f"{TEXT}?lang={language}", wrong)
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)


def test_text_of_the_office_is_never_a_template_or_markup(
    app: Flask, somebody: Finished, office: Actor
) -> None:
    odd = "<b>{módulos}</b> & {curso} «{% if %}» el {fecha}".replace("{% if %}", "%% if %%")
    say(app, office, replace(OWN, sentence=LocalizedText(es=odd, en="{modules} {course} {date}")))
    said = text_of(render_pdf(issued(app, somebody)))
    assert "<b>los módulos 1–2 de 3</b> & Lineamientos en la práctica «%% if %%»" in said


def test_look_and_signatory_are_entered_at_the_screen(
    app: Flask, client: FlaskClient, office: Actor
) -> None:
    sign_in(app, office)
    colours = {"deep": RED.deep, "accent": RED.accent}
    answer = post(client, f"{PAPERS}/look", {**colours, "logo": (BytesIO(a_picture()), "l.png")})
    assert answer.status_code == 303
    person = {
        "name": "Inés Ñandú  Quirós",
        "role_es": "Secretaria",
        "role_en": "Secretary",
        "valid_from": "2026-11-01",
        "valid_until": "2026-12-31",
    }
    answer = post(
        client,
        f"{PAPERS}/signatories/new",
        {**person, "signature": (BytesIO(a_picture()), "s.png")},
    )
    assert answer.status_code == 303
    with app.app_context(), reading() as db:
        look, (term,) = office_papers(db).look, signatory_terms(db)
        pictures = db.scalars(select(CertificatePicture.sha256)).all()
    assert (look.deep, term.name, term.valid_until) == (
        RED.deep,
        "Inés Ñandú Quirós",
        date(2027, 1, 1),
    )
    assert {look.logo, term.signature} == set(pictures)
    assert client.get(f"{PAPERS}/pictures/{look.logo}").data.startswith(b"\x89PNG")
    assert client.get(f"{PAPERS}/pictures/{'0' * 64}").status_code == 404
    page = client.get(f"{PAPERS}?lang=es").get_data(as_text=True)
    assert "Hoy firma Inés Ñandú Quirós. Desde el 1 de enero de 2027 no firma nadie" in page
    own = f"{PAPERS}/signatories/{term.id}"
    assert "Inés Ñandú Quirós" in client.get(own).get_data(as_text=True)
    assert post(client, own, {**person, "without_signature": "y"}).status_code == 303
    with app.app_context(), reading() as db:
        assert signatory_terms(db)[0].signature == ""
    assert post(client, f"{own}/remove", {}).status_code == 303
    assert post(client, f"{PAPERS}/look", {**colours, "without_logo": "y"}).status_code == 303
    with app.app_context(), reading() as db:
        assert (office_papers(db).look, signatory_terms(db)) == (RED, [])


def test_what_is_no_picture_is_refused_at_its_field(
    app: Flask, client: FlaskClient, office: Actor
) -> None:
    sign_in(app, office)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    answer = post(
        client,
        f"{PAPERS}/look?lang=es",
        {"deep": RED.deep, "accent": RED.accent, "logo": (BytesIO(svg), "logo.svg")},
    )
    assert answer.status_code == 422
    assert "No es una imagen que se pueda leer" in answer.get_data(as_text=True)
    answer = post(client, f"{PAPERS}/look?lang=es", {"deep": "#ffffff", "accent": RED.accent})
    assert answer.status_code == 422
    assert "demasiado pálido" in answer.get_data(as_text=True)
    with app.app_context(), reading() as db:
        assert office_papers(db).look == PaperLook()
        assert db.scalars(select(CertificatePicture)).all() == []


def test_verify_page_tells_the_words_of_the_office(
    app: Flask, client: FlaskClient, somebody: Finished, office: Actor
) -> None:
    say(app, office)
    facts = issued(app, somebody)
    page = client.get(f"/verify/{facts.code}?lang=es").get_data(as_text=True)
    assert "otorga este diploma a … por estudiar los módulos" in page.replace("\u00a0", " ")


def test_status_says_that_nobody_signs(app: Flask, office: Actor) -> None:
    with app.app_context():
        assert signatory().state == "empty", "the secretariat as a body, while nobody was entered"
    sign(app, office, a_term(TODAY - timedelta(days=9), TODAY - timedelta(days=1)))
    with app.app_context():
        assert (signatory().name, signatory().state) == ("signatory", "degraded")


def test_home_asks_who_signs_a_month_before_nobody_does(
    app: Flask, client: FlaskClient, office: Actor
) -> None:
    """Given a term that ends within thirty days and nobody who follows, when an organizer opens the
    home page, then it asks; once somebody follows it does not.
    """
    sign_in(app, office)
    asks = "Decir quién firma los certificados a partir del"
    sign(app, office, a_term(TODAY - timedelta(days=9), TODAY + timedelta(days=20)))
    assert asks in client.get("/").text
    sign(app, office, a_term(TODAY + timedelta(days=21)))
    assert asks not in client.get("/").text
