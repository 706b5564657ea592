"""Looks into files that people hand on to others for what would act when somebody opens them:
scripts and forms that send in PDF, macros and parts from elsewhere in documents.
"""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

from defusedxml.ElementTree import ParseError, fromstring

from app.infra.sheets import Bomb, Damaged, Encrypted, parts_of
from app.kernel.first_bytes import OLE, PDF, ZIP
from app.kernel.refusal import Sentence
from app.kernel.text import N_

READER = Path(__file__).with_name("pdf_reading.py")
SECONDS = 30
PDF_WITHIN = 1024
"""Readers of PDF look for its begin in so many bytes."""
MACROS = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/activex/", "basic/", "scripts/")
OLD_MACROS = "_VBA_PROJECT".encode("utf-16-le")
OLD_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
DOCUMENTS = {"[Content_Types].xml", "content.xml"}
FETCHED = ("/attachedTemplate", "/oleObject", "/frame", "/subDocument", "/aFChunk")
"""What a program loads from elsewhere when it opens a document; a link waits for a press."""
RUN = ("/vbaProject", "/wordVbaData", "/xlMacrosheet", "/xlIntlMacrosheet")
OWN_DISK = re.compile(r"(file://(localhost)?/(?![\\/])|[a-z]:[\\/])|(?![\\/])[^:]*$", re.IGNORECASE)
"""Where Word writes that a document was made from a template of its author: readers do not have it,
and nobody is asked for it.
"""
SHARE = re.compile(r"(file:)?[\\/]{2}", re.IGNORECASE)
"""A share of a network, to which Windows proves who asks; a picture in the web only tells that
somebody does.
"""
LARGEST_RELS = 1024 * 1024

DAMAGED = N_(
    "This file is damaged, or not what its name says. Open it, save it again and send that."
)
ACTS = N_(
    "This PDF does more than show pages: it runs a program, sends what is typed, plays films or "
    "opens something by itself. Print it to a new PDF and send that."
)
CARRIES = N_("This PDF carries other files inside. Send it without them.")
HAS_MACROS = N_("This document holds macros. Save it without them, for example as PDF.")
FETCHES = N_(
    "This document loads its template or a part of it from elsewhere. Save it as PDF and send that."
)
IN_PDF = {"acts": ACTS, "files": CARRIES, "password": Encrypted.msgid, "damaged": DAMAGED}


def active_content(content: bytes) -> Sentence | None:
    """Returns why a file must not be handed on; None where it may, or is neither PDF nor a document."""
    if PDF in content[:PDF_WITHIN]:
        return _in_pdf(content)
    if content.startswith(ZIP):
        return _in_document(content)
    if content.startswith(OLE):
        if OLD_ENCRYPTED in content:
            return Sentence(Encrypted.msgid)
        return Sentence(HAS_MACROS) if OLD_MACROS in content else None
    return None


def _in_pdf(content: bytes) -> Sentence | None:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(READER)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Sentence(DAMAGED)
    told = json.loads(done.stdout) if done.returncode == 0 else "damaged"
    return Sentence(IN_PDF[told]) if told else None


def _in_document(content: bytes) -> Sentence | None:
    try:
        parts = parts_of(content)
        names = [part.filename.lower() for part in parts]
        if not DOCUMENTS & {part.filename for part in parts}:
            return Sentence(DAMAGED)
        if any(".." in name.split("/") or name.startswith("/") for name in names):
            return Sentence(DAMAGED)
        if any(macro in f"/{name}" for name in names for macro in MACROS):
            return Sentence(HAS_MACROS)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in parts:
                if part.filename.lower().endswith(".rels") and (told := _related(archive, part)):
                    return Sentence(told)
    except Encrypted as refusal:
        return refusal.sentence
    except (Damaged, Bomb, zipfile.BadZipFile, OSError, ValueError, ParseError, EOFError):
        return Sentence(DAMAGED)
    return None


def _related(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    """Returns why a part must not be related to what it is: macros under any name, or something
    elsewhere that is loaded; "" where it may. Raises ValueError for more than any document needs.
    """
    with archive.open(part) as opened:
        told = opened.read(LARGEST_RELS + 1)
    if len(told) > LARGEST_RELS:
        raise ValueError("relations without end")
    for one in fromstring(told, forbid_dtd=True):
        kind, place = str(one.get("Type")), unquote(str(one.get("Target"))).strip()
        if kind.endswith(RUN):
            return HAS_MACROS
        is_elsewhere = one.get("TargetMode") == "External" and not OWN_DISK.match(place)
        is_on_share = kind.endswith("/image") and SHARE.match(place)
        if is_elsewhere and (kind.endswith(FETCHED) or is_on_share):
            return FETCHES
    return ""
