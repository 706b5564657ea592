"""Certificates for tests: the edge cases that ship with the designs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from app.certificates.values import CertificateFacts, facts_from

DESIGNS = Path(__file__).resolve().parents[2] / "certificates"
SAMPLES = sorted(path.stem for path in (DESIGNS / "samples").glob("*.json"))


def sample(name: str = "two-surnames", **changes: Any) -> CertificateFacts:
    return replace(facts_from((DESIGNS / "samples" / f"{name}.json").read_text("utf-8")), **changes)
