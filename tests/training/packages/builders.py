"""Packages for tests, made in code: manifests and archives, sound ones and broken ones."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.files import files
from app.kernel.actor import SYSTEM, Actor
from app.kernel.text import LocalizedText
from app.training.packages import forms, services
from app.training.packages.rules.archive import media_type
from app.training.packages.values import PackageWords, PackedFile

MANIFEST = "imsmanifest.xml"
SCO = """<!doctype html><html lang="es"><meta charset="utf-8"><title>Prueba</title>
<h1>Una lección</h1><p id="said"></p>
<button id="next">Siguiente</button><button id="done">Terminar</button>
<script>
let api = null;
for (let w = window; !api; w = w.parent) { api = w.API || w.API_1484_11; if (w === w.parent) break; }
const is2004 = !!api.Initialize;
const call = (name, ...args) => api[is2004 ? name : "LMS" + (name === "Terminate" ? "Finish" : name)](...args);
const place = is2004 ? "cmi.location" : "cmi.core.lesson_location";
const leave = is2004 ? "cmi.exit" : "cmi.core.exit";
const status = is2004 ? "cmi.completion_status" : "cmi.core.lesson_status";
call("Initialize", "");
let page = Number(call("GetValue", place) || 0);
const entry = () => call("GetValue", is2004 ? "cmi.entry" : "cmi.core.entry");
const show = () => {
  document.getElementById("said").textContent = "page " + page + " notes [" + call("GetValue", "cmi.suspend_data")
    + "] entry " + entry() + " cookies [" + document.cookie + "]";
};
show();
document.getElementById("next").onclick = () => {
  page += 1;
  call("SetValue", place, String(page));
  call("SetValue", "cmi.suspend_data", "á".repeat(page) + "|" + page);
  call("SetValue", status, "incomplete");
  show();
};
let over = false;
const end = (how) => { if (over) return; over = true; call("SetValue", leave, how); call("Terminate", ""); };
document.getElementById("done").onclick = () => { call("SetValue", status, "completed"); end(""); };
window.addEventListener("unload", () => end("suspend"));
</script></html>"""


def manifest(
    items: str = "",
    resources: str = "",
    *,
    version: str = "<schema>ADL SCORM</schema><schemaversion>1.2</schemaversion>",
    default: str = "ORG",
    base: str = "",
    before: str = "",
    more: str = "",
) -> str:
    """A manifest of SCORM 1.2 with one organization; without items, of one SCO."""
    own = items or '<item identifier="I1" identifierref="R1"><title>Lección</title></item>'
    res = resources or resource("R1", "index.html")
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
<manifest identifier="M" {base} xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata>{version}</metadata>
<organizations default="{default}"><organization identifier="ORG">
<title>Curso de prueba</title>{own}</organization>{more}</organizations>
<resources>{res}</resources></manifest>"""


def resource(name: str, href: str, kind: str = "sco", *, base: str = "", files: str = "") -> str:
    attribute = f'xml:base="{base}"' if base else ""
    return (
        f'<resource identifier="{name}" type="webcontent" adlcp:scormtype="{kind}" href="{href}" '
        f"{attribute}>{files}</resource>"
    )


def manifest_2004(items: str = "", sequencing: str = "") -> str:
    own = (
        items or f'<item identifier="I1" identifierref="R1"><title>Unit</title>{sequencing}</item>'
    )
    return f"""<?xml version="1.0"?>
<manifest identifier="M" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
<organizations default="O"><organization identifier="O">
<title>Short course</title>{own}</organization></organizations>
<resources><resource identifier="R1" type="webcontent" adlcp:scormType="sco" href="index.html"/></resources>
</manifest>"""


def archive(files: Mapping[str, str | bytes], *, packed: bool = True) -> io.BytesIO:
    stream = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", method) as out:
        for name, content in files.items():
            out.writestr(zipfile.ZipInfo(name), content, method)  # without the hour: equal bytes
    stream.seek(0)
    return stream


def package(xml: str | bytes = "", **files: str | bytes) -> io.BytesIO:
    """An archive of a manifest and `index.html`, with more files."""
    return archive({MANIFEST: xml or manifest(), "index.html": SCO, **files})


WORDS = PackageWords(LocalizedText(es="Un curso de prueba"), LocalizedText(), "Instituto de Prueba")


def uploaded(
    db: Session,
    stream: io.BytesIO | None = None,
    *,
    now: datetime,
    actor: Actor = SYSTEM,
    slug: str = "",
) -> UUID:
    """An archive after its dry run."""
    content = (stream or package()).getvalue()
    return services.keep_upload(
        db,
        actor=actor,
        inspection=forms.inspect(io.BytesIO(content)),
        stored=PackedFile("curso.zip", files().put(content), "application/zip", len(content)),
        sha256=hashlib.sha256(content).hexdigest(),
        package_slug=slug,
        now=now,
    )


def imported(
    db: Session,
    stream: io.BytesIO | None = None,
    *,
    now: datetime,
    slug: str = "",
    words: PackageWords = WORDS,
) -> str:
    """A package in the catalogue, or a further version of the one named; returns its slug."""
    archived = stream or package()
    upload_id = uploaded(db, archived, now=now, slug=slug)
    inspection = forms.inspect(archived)
    with forms.unpacked(archived, inspection) as one_by_one:
        stored = [
            PackedFile(name, files().put(path.read_bytes()), media_type(name), path.stat().st_size)
            for name, path in one_by_one
        ]
    return services.accept_upload(
        db,
        actor=SYSTEM,
        upload_id=upload_id,
        words=None if slug else words,
        files=stored,
        now=now,
    )
