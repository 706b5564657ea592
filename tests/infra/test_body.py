"""The file of a body: what may stand in it, and which sentence says what is wrong."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.infra.body import BodyInvalid, body_of_this_process, read_body

ROOT = Path(__file__).parents[2]
OCAM = Path(__file__).parents[1] / "support" / "ocam.yaml"


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[[str, str], str]:
    """Reads the OCAM's file with one piece of text replaced and returns the refusal."""

    def read(old: str, new: str) -> str:
        text = OCAM.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "body.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(BodyInvalid) as refusal:
            read_body(str(path))
        return str(refusal.value)

    return read


def test_r43_the_first_body_has_eleven_countries_and_four_working_groups() -> None:
    body = read_body("rcm")
    assert (len(body.countries), len(body.working_groups), len(body.organs)) == (11, 4, 4)
    assert body.country_names["HN"].in_("es") == "Honduras"
    assert body.secretariat.in_("en") == "Executive Secretariat"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "timezone: America/Panama",
            "timezone: America/Panamá",
            "countries.6.timezone: must be an",
        ),
        ("code: PA", "code: Panama", "countries.6.code: "),
        ("code: PA", "code: NI", "country NI stands twice"),
        ("slug: migrant-care", "slug: regional-mobility", "group regional-mobility stands twice"),
        ("slug: secretariat", "slug: office", "organs lack secretariat"),
        ("  America/Managua: {es: Nicaragua, en: Nicaragua}\n", "", "zones lack America/Managua"),
        ("en: Guatemala}, timezone", "en: ''}, timezone", "countries.3.name: en: must be a text"),
        ("{es: Guatemala, en: Guatemala}, t", "{es: Guatemala}, t", "GT lacks en"),
        ("languages: [es, en]", "languages: [es]", "BZ speaks en, which languages lack"),
        ("group-month: 2", "group-month: many", "limits.group-month: "),
        ("languages: [es, en]", "tongues: [es, en]", "tongues: "),
        ("languages: [es, en]", "languages: [es, en", "is not YAML"),
    ],
)
def test_r71_what_is_wrong_with_a_body_is_said_in_a_sentence(
    problems_of: Callable[[str, str], str], old: str, new: str, sentence: str
) -> None:
    problems = problems_of(old, new)
    assert problems.startswith("Convoca cannot start:\n  ")
    assert "body.yaml: " in problems
    assert sentence in problems


def test_r71_a_body_without_a_file_is_named() -> None:
    with pytest.raises(BodyInvalid, match=r"BODY: .*atlantis\.yaml cannot be read"):
        read_body("atlantis")


def test_r71_another_body_brings_its_reference_zone(tmp_path: Path) -> None:
    """It stands in the body's file and nowhere else."""
    code = (
        "from app.kernel.reference import REFERENCE_ZONE, reference_day;"
        "from datetime import UTC, datetime;"
        "print(REFERENCE_ZONE, reference_day(datetime(2026, 3, 2, 5, 30, tzinfo=UTC)))"
    )
    file = tmp_path / "body.yaml"
    file.write_text("reference_zone: America/Bogota\n", encoding="utf-8")
    for body, zone, day in (
        (str(file), "America/Bogota", "2026-03-02"),
        ("", "America/Costa_Rica", "2026-03-01"),
        ("atlantis", "America/Costa_Rica", "2026-03-01"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"BODY": body, "PATH": os.environ["PATH"]},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == [zone, day]


def test_r71_body_whose_reference_zone_was_not_set_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "body.yaml"
    text = OCAM.read_text(encoding="utf-8")
    path.write_text(
        text.replace("reference_zone: America/Costa_Rica", "reference_zone: America/Panama"),
        encoding="utf-8",
    )
    with pytest.raises(
        BodyInvalid, match=r"counts days in America/Costa_Rica, the body .* in America/Panama"
    ):
        body_of_this_process(str(path))
