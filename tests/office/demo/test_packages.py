"""The sample package of the demo: sound, small, and always the same bytes."""

from io import BytesIO

from app.office.demo.services.training import sample_package
from app.training.packages.forms import inspect
from app.training.packages.values import PartKind


def test_sample_package_is_a_sound_scorm_1_2_package_with_nothing_to_say() -> None:
    content = sample_package()
    inspection = inspect(BytesIO(content))
    assert content == sample_package()
    assert len(content) < 20_000
    assert inspection.findings == ()
    assert [(item.kind, item.path) for item in inspection.manifest.items] == [
        (PartKind.SCO, "index.html")
    ]
    assert {file.path for file in inspection.files} == {
        "imsmanifest.xml",
        "index.html",
        "lesson.css",
        "lesson.js",
    }
