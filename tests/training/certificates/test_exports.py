"""The PDF, read back by other programs."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from app.infra.pdf import DrawingFailed, PdfEngineMissing
from app.kernel.text import LocalizedText
from app.training.certificates import exports
from app.training.certificates.exports import render_pdf, words
from app.training.certificates.exports.texts import said
from app.training.certificates.values import CertificateFacts, PaperSize
from tests.training.certificates.builders import DESIGNS, SAMPLES, sample

ROOT = DESIGNS.parent


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All text, with spaces made plain and single; lines joined."""
    return " ".join(read(pdf).pages[0].extract_text().split())


@cache
def drawn(name: str = "two-surnames") -> bytes:
    """The paper of a sample, drawn once for all tests that only read it."""
    return render_pdf(sample(name))


def structure(reader: PdfReader) -> Iterator[Any]:
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]  # type: ignore[index]  # pypdf's objects are untyped here
    while waiting:
        item = waiting.pop()
        item = item.get_object() if isinstance(item, IndirectObject) else item
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            yield item
            waiting.extend([item["/K"]] if "/K" in item else [])


def text_of_opening(facts: CertificateFacts) -> str:
    words = said(facts)
    return words.opening["en"] if words else "certifies that"


@pytest.mark.parametrize("name", SAMPLES)
def test_r58_each_name_prints_as_it_is_written(name: str) -> None:
    """Two surnames, ñ, ü, apostrophe, Vietnamese: whole words, found by any search in the file."""
    facts = sample(name)
    reader = read(drawn(name))
    assert len(reader.pages) == 1
    text = text_of(drawn(name))
    assert text.count(facts.holder_name) >= 1
    opening = text_of_opening(facts)
    assert f"{opening} {facts.holder_name}, " in text
    assert facts.holder_name in str(reader.metadata and reader.metadata.title)


def test_r58_poppler_reads_the_name_too(tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(drawn())
    text = subprocess.run(
        ["pdftotext", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "María José Ñáñez Güell de la O\n" in text


def test_the_sentence_stands_in_both_languages() -> None:
    text = text_of(drawn())
    assert (
        "La Conferencia Regional sobre Migración certifica que María José Ñáñez Güell de la O"
        in text
    )
    assert (
        "Dirección General de Migración y Extranjería, Costa Rica, completó el curso «Lineamientos regionales para la "
        "atención y protección de mujeres en contextos migratorios» (versión 2026.1), de 11.5 horas, con resultado "
        "aprobado, el 24 de noviembre de 2026."
    ) in text
    assert "(version 2026.1), of 11.5 hours, with a passing result, on 24 November 2026." in text
    assert "Vigente hasta el 24 de noviembre de 2029" in text
    assert "4HMA-SW9N-F6YY-093X" in text
    assert "convoca.example.org/verify" in text
    assert "Ana Lucía Solís Quirós" in text


def test_the_day_printed_is_the_local_one() -> None:
    """Finished at 21:10 in Costa Rica on the 24th: in UTC it is the 25th, which must stand
    nowhere.
    """
    facts = sample(
        completed_on=date(2026, 11, 24), issued_at=datetime(2026, 11, 25, 3, 10, tzinfo=UTC)
    )
    text = text_of(render_pdf(facts))
    assert "24 de noviembre de 2026" in text
    assert "25 de noviembre" not in text
    assert "25 November" not in text


def test_attendance_says_attended_and_does_not_say_passed() -> None:
    text = text_of(drawn("attendance"))
    assert "Constancia de asistencia" in text
    assert "asistió a «Webinario preparatorio" in text
    assert "aprobado" not in text
    assert "Sin fecha de vencimiento" in text


def test_names_are_text_and_never_markup() -> None:
    text = text_of(
        render_pdf(
            sample(institution=LocalizedText(es="<b>A & B</b> {{ 7*7 }}", en="<script>x</script>"))
        )
    )
    assert "<b>A & B</b> {{ 7*7 }}" in text
    assert "<script>x</script>" in text


def test_the_file_is_tagged_and_says_its_languages() -> None:
    """Fails loudly when WeasyPrint tags `blockquote` otherwise: English would be read with a
    Spanish voice.
    """
    reader = read(drawn())
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "es"
    assert root["/MarkInfo"]["/Marked"] is True or str(root["/MarkInfo"]["/Marked"]) == "True"
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    elements = list(structure(reader))
    assert not [e for e in elements if e.get("/S") == "/BlockQuote"]
    english = [e for e in elements if e.get("/Lang") == "en"]
    source = (DESIGNS / "shared/paper_v1/page.html").read_text("utf-8")
    assert len(english) == source.count('<blockquote lang="en">') == 7
    figures = [e for e in elements if e.get("/S") == "/Figure"]
    assert [f["/Alt"] for f in figures] == [f"Código QR: {sample().verify_url}"]
    assert [e["/S"] for e in elements if e.get("/S") in ("/H1", "/H2")].count("/H1") == 1


def test_every_font_is_embedded_and_ours() -> None:
    for name in SAMPLES:
        resources: Any = read(drawn(name)).pages[0]["/Resources"]
        for font in resources["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert descendant["/BaseFont"].split("+")[1].startswith(("Paper", "Label")), (
                name,
                descendant["/BaseFont"],
            )
            descriptor = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_art_lies_under_the_text_as_one_frozen_artifact() -> None:
    """Fails loudly when pydyf re-encodes the frozen stream or WeasyPrint moves the page's
    resources.
    """
    first, second = (read(drawn(name)) for name in ("two-surnames", "belize"))
    forms = []
    for reader in (first, second):
        page: Any = reader.pages[0]
        assert page.get_contents().get_data().startswith(b"/Artifact BMC\nq\n/Art Do\nQ\nEMC\n")
        form = page["/Resources"]["/XObject"]["/Art"].get_object()
        assert form["/BBox"] == page["/MediaBox"]
        forms.append(form.get_data())
    assert forms[0] == forms[1]
    assert forms[0].count(b"\n") > 10_000
    assert b" gs" not in forms[0]


def test_the_same_facts_give_the_same_bytes() -> None:
    assert render_pdf(sample()) == drawn()


def test_qr_is_coarse_and_holds_the_address_in_capitals() -> None:
    import segno

    from app.training.certificates.exports.engine import QrCode

    code = segno.make(sample().verify_url.upper(), error="m", micro=False, boost_error=False)
    assert code.mode == "alphanumeric"
    assert int(code.version) <= 3
    assert 'viewBox="0 0 33 33"' in QrCode(sample().verify_url).place


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "file:///etc/passwd",
        "data:text/plain,x",
        "ftp://x/y",
        "https://example.org/a.css",
    ],
)
def test_a_design_reaches_no_file_outside_and_no_network(url: str) -> None:
    from weasyprint.urls import FatalURLFetchingError

    from app.infra.printing import ClosedFetcher

    fetcher = ClosedFetcher(DESIGNS)
    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch(url)
    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch((DESIGNS / "shared").as_uri() + "/../../config.py")
    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch(DESIGNS.as_uri() + "/%2e%2e/config.py")
    assert (
        fetcher.fetch((DESIGNS / "README.md").as_uri()).read()
        == (DESIGNS / "README.md").read_bytes()
    )


def test_a_text_that_cannot_fit_is_an_error_and_not_a_second_page() -> None:
    with pytest.raises(DrawingFailed, match="DoesNotFit"):
        render_pdf(sample(institution=LocalizedText(es="Muy largo " * 100, en="Very long " * 100)))


def test_without_pango_the_refusal_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "ENGINE", "app.training.certificates.without_pango:certificate")
    with pytest.raises(PdfEngineMissing) as refused:
        render_pdf(sample())
    assert "./run doctor" in refused.value.sentence.msgid


def test_a_warm_engine_reads_no_style_and_draws_no_art_again() -> None:
    """Drawing the art takes ten times as long as the rest of a certificate. In a process of its
    own, as the engine is used.
    """
    code = (
        "import pathlib, sys; from app.training.certificates.exports import engine\n"
        "from app.training.certificates import values\n"
        "facts = values.facts_from(pathlib.Path(sys.argv[1]).read_text('utf-8'))\n"
        "warm = engine.Engine(engine.DESIGNS); first = warm.render(facts)\n"
        "del engine.Engine._freeze, engine.CSS\n"
        "raise SystemExit(0 if warm.render(facts) == first else 3)"
    )
    paper = DESIGNS / "samples" / "two-surnames.json"
    done = subprocess.run(
        [sys.executable, "-c", code, paper], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_certificates_are_drawn_in_the_process_that_draws_documents() -> None:
    code = (
        "import pathlib, sys; from app.training.certificates import exports, values\n"
        "facts = values.facts_from(pathlib.Path(sys.argv[1]).read_text('utf-8'))\n"
        "assert exports.render_pdf(facts).startswith(b'%PDF')\n"
        "raise SystemExit('weasyprint' in sys.modules)"
    )
    paper = DESIGNS / "samples" / "two-surnames.json"
    done = subprocess.run(
        [sys.executable, "-c", code, paper], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("hours", "es", "en"),
    [("1", "1 hora", "1 hour"), ("11.5", "11,5 horas", "11.5 hours"), ("2", "2 horas", "2 hours")],
)
def test_hours_have_a_comma_in_spanish_and_a_point_in_english(hours: str, es: str, en: str) -> None:
    said = words.hours_in_words(hours, "completion/v2")
    assert (said["es"].replace("\u00a0", " "), said["en"].replace("\u00a0", " ")) == (es, en)


def test_long_names_break_into_even_lines() -> None:
    def ems(text: str) -> float:
        return len(text) * 0.5

    assert words.name_lines("Ana Paz", ems) == words.NameLines("large", ("Ana Paz",))
    long = words.name_lines(
        "María de los Ángeles Guadalupe Fernández de Córdoba y Zúñiga Montealegre", ems
    )
    assert long.lines == (
        "María de los Ángeles Guadalupe Fernández",
        "de Córdoba y Zúñiga Montealegre",
    )
    assert words.name_lines("X" * 200, ems).lines == ("X" * 200,)


def test_paper_says_which_modules_of_how_many() -> None:
    text = text_of(drawn("two-of-eight"))
    assert "Certificado de módulos completados" in text
    assert "completó los módulos 1–2 de 8 del curso «Lineamientos" in text
    assert "(versión 2026.1), 1,3 horas de estudio, con resultado aprobado" in text
    assert "completed modules 1–2 of 8 of the course" in text
    assert "1.3 hours of study" in text
    assert "DEMO" not in text


def test_paper_of_all_modules_says_all() -> None:
    eight = sample("two-surnames").modules
    text = text_of(render_pdf(sample("two-of-eight", modules=eight)))
    assert "Certificado de finalización" in text
    assert "completó los 8 módulos del curso" in text
    assert "completed all 8 modules of the course" in text
    one = text_of(render_pdf(sample("two-of-eight", modules=eight[:1])))
    assert "completó el módulo 1 de 8 del curso" in one


@pytest.mark.parametrize("name", ["demo", "very-long-demo"])
def test_paper_of_a_demonstration_is_marked(name: str) -> None:
    pdf = drawn(name)
    assert "(DEMO)" in str(read(pdf).metadata.title)  # type: ignore[union-attr]  # there is one
    text = text_of(pdf)
    assert "Muestra de una instalación de demostración: no certifica a nadie." in text
    assert "A sample from a demonstration: it certifies nobody." in text
    assert "DEMO" in text.replace("(DEMO)", "").replace(" ", ""), "the large word across the sheet"


def test_page_stands_whole_on_letter_with_the_same_words_and_structure() -> None:
    letter = render_pdf(sample("attended"), PaperSize.LETTER)
    page = read(letter).pages[0]
    assert [float(side) for side in page.mediabox[2:]] == [792, 612]
    assert text_of(letter) == text_of(drawn("attended"))
    assert [item.get("/S") for item in structure(read(letter))] == [
        item.get("/S") for item in structure(read(drawn("attended")))
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("attended", "asistió durante 1,3 horas a «Webinario preparatorio"),
        ("attended", "attended 1.3 hours of “Preparatory webinar"),
        ("module", "completó el módulo 5 de 8, «Detección y primera atención», del curso"),
        ("module", "completed module 5 of 8, “Detection and first response”, of the course"),
        ("speaker", "participó como ponente en «Webinario"),
        ("moderator", "tuvo a su cargo la moderación de «Webinario"),
        ("host", "tuvo a su cargo, por el país organizador, la realización de «Webinario"),
        ("host", "organized “Preparatory webinar"),
    ],
)
def test_each_kind_says_what_its_holder_did(name: str, said: str) -> None:
    text = text_of(drawn(name))
    assert said in text
    assert ("aprobado" in text) == (name == "module")
    assert "24 de noviembre de 2026" in text
