"""The public answer for machines."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.training.certificates.rules import code_from, grouped
from tests.training.certificates.builders import revoke

pytestmark = pytest.mark.usefixtures("the_day")


def test_r48_the_api_tells_state_and_public_facts(
    app: Flask, client: FlaskClient, code: str
) -> None:
    body = client.get(f"/api/v1/certificates/{code}").get_json()
    facts = body.pop("facts")
    assert body == {
        "code": grouped(code),
        "status": "valid",
        "revoked_on": None,
        "reason": None,
        "superseded_on": None,
        "replaced_by": None,
        "replaced_on": None,
        "is_name_erased": False,
    }
    assert set(facts) == {
        "kind",
        "holder_name",
        "institution",
        "country",
        "course_title",
        "edition",
        "guideline_version",
        "hours",
        "completed_on",
        "valid_until",
        "issuer",
        "modules",
        "modules_total",
        "is_demo",
    }, "what the paper prints, and nothing private: no address, result or id"
    assert (facts["institution"]["en"], facts["country"]["es"]) == (
        "Migration Directorate",
        "Costa Rica",
    )
    assert (facts["holder_name"], facts["completed_on"]) == (
        "María José Ñáñez Güell de la O",
        "2026-11-24",
    )
    assert facts["course_title"] == {
        "es": "Lineamientos en la práctica",
        "en": "Guidelines at work",
    }
    assert (facts["modules"], facts["modules_total"], facts["is_demo"]) == ([1, 2], 3, False)
    revoke(app, code)
    body = client.get(f"/api/v1/certificates/{grouped(code)}").get_json()
    assert (body["status"], body["revoked_on"], body["reason"]) == (
        "revoked",
        "2026-11-24",
        "wrong-name",
    )


def test_unknown_and_malformed_are_told_apart(client: FlaskClient) -> None:
    unknown = client.get(f"/api/v1/certificates/{code_from(7)}")
    assert (unknown.status_code, unknown.get_json()["status"], unknown.get_json()["facts"]) == (
        404,
        "unknown",
        None,
    )
    malformed = client.get("/api/v1/certificates/ABCD")
    assert (malformed.status_code, malformed.content_type) == (400, "application/problem+json")
    assert malformed.get_json()["title"] == "certificate-code-malformed"
    assert malformed.get_json()["sentence"]["es"].startswith("Faltan 12 signos")


def test_the_endpoint_is_described(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    assert {"200", "404"} <= set(paths["/api/v1/certificates/{code}"]["get"]["responses"])
