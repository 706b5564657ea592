"""A package that plays, so that whoever tries Convoca sees one in the catalogue."""

import hashlib
import zipfile
from datetime import datetime
from io import BytesIO

from sqlalchemy.orm import Session

from app.infra.files import files
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.demo.data import DATA
from app.training.packages import forms, services
from app.training.packages.rules.archive import media_type
from app.training.packages.values import PackageWords, PackedFile

FOLDER = DATA / "package"
NAME = "la-primera-llamada.zip"
WORDS = PackageWords(
    LocalizedText(es="La primera llamada", en="The first call"),
    LocalizedText(
        es="Un paquete SCORM de ejemplo: cuatro páginas, dos preguntas, unos cinco minutos.",
        en="A sample SCORM package: four pages, two questions, about five minutes.",
    ),
    "Convoca",
)


def sample_package() -> bytes:
    """Returns the archive of the sample, always with the same bytes."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(FOLDER.iterdir()):
            entry = zipfile.ZipInfo(path.name)  # without the hour of the file
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def load_packages(db: Session, *, now: datetime) -> str:
    """Brings the sample in as an author would; returns its address in the catalogue."""
    content = sample_package()
    inspection = forms.inspect(BytesIO(content))
    upload_id = services.keep_upload(
        db,
        actor=SYSTEM,
        inspection=inspection,
        stored=PackedFile(
            path=NAME, key=files().put(content), media_type="application/zip", size=len(content)
        ),
        sha256=hashlib.sha256(content).hexdigest(),
        package_slug="",
        now=now,
    )
    with forms.unpacked(BytesIO(content), inspection) as one_by_one:
        stored = [
            PackedFile(
                path=name,
                key=files().put(path.read_bytes()),
                media_type=media_type(name),
                size=path.stat().st_size,
            )
            for name, path in one_by_one
        ]
    return services.accept_upload(
        db, actor=SYSTEM, upload_id=upload_id, words=WORDS, files=stored, now=now
    )
