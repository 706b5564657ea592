"""Files that would act when they are opened are told from those that only show."""

import io
import zipfile
import zlib

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from app.infra.inert import ACTS, CARRIES, DAMAGED, FETCHES, HAS_MACROS, active_content
from app.infra.pdf_reading import answer
from app.infra.sheets import Encrypted
from app.kernel.first_bytes import OLE
from tests.support.pdfs import SOUND, a_packed_pdf, a_pdf

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
STREAM = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
CARRIED = {4: b"<< /Type /Filespec /F (%s) /UF (%s) /EF << /F 5 0 R >> >>", 5: STREAM % (3, b"abc")}


def carrying(name: bytes) -> bytes:
    names = b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>"
    return a_pdf({4: CARRIED[4] % (name, name), 5: CARRIED[5]}, catalog=names)


def hidden(packed: bytes) -> bytes:
    """Returns a stream of objects that whoever repairs a file would find."""
    packed = zlib.compress(b"8 0 " + packed)
    head = b"\n9 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n"
    return head % len(packed) + packed + b"\nendstream\nendobj\n"


def locked(password: str, **catalog: DictionaryObject) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    for name, value in catalog.items():
        writer.root_object[NameObject(f"/{name}")] = value
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


SOUND_ONES = {
    "plain": a_pdf(),
    "opens at a page, as Word writes": a_pdf(catalog=b"/OpenAction [3 0 R /FitH null]"),
    "goes to a page": a_pdf(catalog=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"),
    "link to press": a_pdf({4: b"<< /A << /S /URI /URI (https://example.org) >> >>"}),
    "packed": a_packed_pdf(b"[3 0 R /Fit]"),
    "nothing happens by itself": a_pdf(catalog=b"/AA << /WC null >> /OpenAction null"),
    "form with a place to sign": a_pdf(
        {
            4: b"<< /FT /Sig /T (firma) /Subtype /Widget /Rect [0 0 9 9] /P 3 0 R /V 5 0 R >>",
            5: b"<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <3000> >>",
        },
        catalog=b"/AcroForm << /Fields [4 0 R] /SigFlags 3 >>",
    ),
    "link to the author's disk": a_pdf({4: b"<< /S /URI /URI (file:///C:/Plan.docx) >>"}),
    "credential": carrying(b"credential.json"),
    "short names in a picture": a_pdf({4: STREAM % (10, b"/AA /JS /x")}),
}
ACTING = {
    "script": a_pdf(catalog=b"/OpenAction " + SCRIPT),
    "escaped": a_pdf(catalog=b"/Open#41ction << /S /J#61vaScript /#4aS (1) >>"),
    "packed script": a_packed_pdf(SCRIPT),
    "by names": a_pdf(catalog=b"/Names << /JavaScript << /Names [(a) 4 0 R] >> >>"),
    "only JS": a_pdf({4: b"<< /JS (1) >>"}),
    "named by no table": a_pdf() + b"\n9 0 obj\n" + SCRIPT + b"\nendobj\n",
    "page": a_pdf({3: SOUND[3].replace(b" >>", b" /AA << /O << /S /URI /URI (http://x) >> >> >>")}),
    "share of the network": a_pdf(catalog=b"/OpenAction << /S /GoToR /F (\\\\\\\\h\\\\s) >>"),
    "after another": a_pdf(
        catalog=b"/OpenAction << /S /Named /Next << /S /URI /URI (http://x) >> >>"
    ),
    "after another, in a list": a_pdf(
        {4: b"<< /S /URI /URI (http://x) >>"},
        catalog=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [4 0 R] >>",
    ),
    "link that runs": a_pdf({4: b"<< /S /URI /URI ( JavaScript:alert\\(1\\)) >>"}),
    "written twice": a_packed_pdf(b"<< /S /GoTo /S /Launch /F (cmd.exe) >>"),
    "packed, named by no table": a_pdf() + hidden(SCRIPT),
    "form in a locked file": locked(
        "", AcroForm=DictionaryObject({NameObject("/XFA"): TextStringObject("x")})
    ),
    "program": a_pdf({4: b"<< /S /Launch /F (cmd.exe) >>"}),
    "form that sends": a_pdf({4: b"<< /S /SubmitForm /F (https://x) >>"}),
    "XFA": a_pdf(catalog=b"/AcroForm << /Fields [] /XFA 4 0 R >>"),
    "film": a_pdf({4: b"<< /Type /Annot /Subtype /RichMedia >>"}),
}
BROKEN = {
    "cut": a_pdf()[:200],
    "begin alone": b"%PDF-1.7\n%%EOF\n",
    "no pages": a_pdf({2: b"<< /Type /Pages /Kids [] /Count 0 >>"}),
    "circle": a_pdf({2: b"2 0 R"}),
    "deep": a_pdf({4: b"[" * 5_000 + b"]" * 5_000}),
    "late begin": b"GIF89a" + b"%PDF-1.7",
}


@pytest.mark.parametrize("name", SOUND_ONES)
def test_pdf_that_only_shows_passes(name: str) -> None:
    assert answer(SOUND_ONES[name]) == ""


@pytest.mark.parametrize("name", ACTING)
def test_pdf_that_acts_is_told(name: str) -> None:
    assert answer(ACTING[name]) == "acts"


@pytest.mark.parametrize("name", BROKEN)
def test_pdf_that_cannot_be_read_is_told(name: str) -> None:
    assert answer(BROKEN[name]) == "damaged"


def test_reasons_come_from_the_process_apart() -> None:
    told = [active_content(one) for one in (ACTING["packed script"], carrying(b"invoice.exe"))]
    assert [sentence and sentence.msgid for sentence in told] == [ACTS, CARRIES]


@pytest.mark.parametrize(("password", "defect"), [("secret", "password"), ("", "")])
def test_pdf_that_asks_for_a_password_is_told(password: str, defect: str) -> None:
    assert answer(locked(password)) == defect


OFFICES = "file:///C:\\Users\\ana\\AppData\\Roaming\\Microsoft\\Templates\\"
"""Word names the template of an author so in each document that was made from it."""


def document(**parts: str | bytes) -> bytes:
    """Returns a document; `__` stands for a stroke in the names of its parts, `_dot_` for a point."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return out.getvalue()


def relations(kind: str, mode: str = "External", target: str = "http://x/t.dotm") -> dict[str, str]:
    one = f'<Relationship Id="r" Type="http://x/{kind}" Target="{target}" TargetMode="{mode}"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    name = "word___rels__settings_dot_xml_dot_rels"
    return {name: f'<Relationships xmlns="{space}">{one}</Relationships>'}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (document(word__document_dot_xml="<w/>"), None),
        (document(**relations("hyperlink")), None),
        (document(**relations("attachedTemplate", "Internal")), None),
        (document(**relations("attachedTemplate")), FETCHES),
        (document(**relations("oleObject")), FETCHES),
        (document(**relations("attachedTemplate", target=OFFICES + "Plantilla.dotm")), None),
        (document(**relations("attachedTemplate", target="Plantilla.dotx")), None),
        (document(**relations("oleObject", target="C:\\Datos\\cifras.xlsx")), None),
        (document(**relations("attachedTemplate", target="file:///\\\\h\\s\\t.dotx")), FETCHES),
        (document(**relations("attachedTemplate", target="file:///%5C%5Ch/t.dotx")), FETCHES),
        (document(**relations("attachedTemplate", target="file://h/s/t.dotx")), FETCHES),
        (document(**relations("image", target="file:////h/s/p.png")), FETCHES),
        (document(**relations("image", target="https://example.org/p.png")), None),
        (document(**relations("vbaProject", "Internal", "theme9.xml")), HAS_MACROS),
        (document(word__vbaProject_dot_bin=b"x"), HAS_MACROS),
        (document(Basic__Standard__Module1_dot_xml="x"), HAS_MACROS),
        (document(xl__macrosheets__sheet1_dot_xml="x"), HAS_MACROS),
        (document(___dot__dot___evil="x"), DAMAGED),
        (document(word___rels__a_dot_rels="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), DAMAGED),
        (document(big=b"\0" * 20_000_000), DAMAGED),
        (document()[:-30], DAMAGED),
        (OLE + "_VBA_PROJECT".encode("utf-16-le"), HAS_MACROS),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Encrypted.msgid),
        (OLE + b"words", None),
        (b"a line of text", None),
    ],
)
def test_documents_with_macros_or_parts_from_elsewhere_are_told(
    content: bytes, sentence: str | None
) -> None:
    told = active_content(content)
    assert (told and told.msgid) == sentence
