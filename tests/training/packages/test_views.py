"""Issue 12: importing at the screen, the catalogue, and what answers on which origin."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import create_app
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.training.packages.models import Package, PackageUpload
from app.training.packages.rules.addresses import KeyPurpose, key_of
from app.training.packages.services import enrol, open_session
from config import Settings, SettingsInvalid, read_settings
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.lifetime import close_app
from tests.training.packages.builders import (
    SCO,
    archive,
    imported,
    manifest,
    manifest_2004,
    package,
)

QTI = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M"><metadata>
<schema>IMS Content</schema></metadata><resources><resource identifier="Q" type="imsqti_item_xmlv2p1"
 href="q1.xml"/></resources></manifest>"""
APP, CONTENT = "http://localhost:8000", "http://127.0.0.1:8000"


def post(
    client: FlaskClient, path: str, stream: io.BytesIO | None, **typed: str
) -> tuple[int, str, str]:
    data: dict[str, object] = {"csrf_token": csrf_token(client), **typed}
    if stream is not None:
        data["package"] = (stream, "curso.zip")
    answer = client.post(f"{path}?lang=en", data=data, content_type="multipart/form-data")
    return answer.status_code, answer.text, answer.headers.get("Location", "")


def rows(app: Flask) -> tuple[int, int]:
    with app.app_context(), reading() as db:
        counts = [select(func.count()).select_from(table) for table in (PackageUpload, Package)]
        waiting, taken = (db.scalars(count).one() for count in counts)
    return waiting, taken


def test_author_looks_accepts_and_offers_a_new_version(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "organizer")
    wrapped = archive({"curso/imsmanifest.xml": manifest(), "curso/index.html": SCO})
    status, _html, place = post(client, "/packages/import", wrapped)
    assert (status, rows(app)) == (303, (1, 0))
    page = client.get(f"{place}?lang=en").text
    assert "It is taken out of the folder when you accept it." in page
    assert "Lección" in page
    assert "index.html" in page
    status, html, _place = post(client, place, None, title_es="Curso", origin="")
    assert (status, 'value="Curso"' in html) == (422, True)
    assert "Write which institution made it." in html
    assert post(client, place, None, title_es="", title_en="", origin="X")[0] == 422
    status, _html, slug = post(client, place, None, title_es="Curso", origin="Instituto")
    assert (status, slug, rows(app)) == (303, "/packages/curso", (0, 1))
    assert post(client, place, None, title_es="Curso", origin="Instituto")[0] == 303
    assert rows(app) == (0, 1)
    same = archive({"curso/imsmanifest.xml": manifest(), "curso/index.html": SCO})
    assert post(client, "/packages/curso/versions", same)[0] in (303, 409)
    newer = package(manifest_2004())
    place = post(client, "/packages/curso/versions", newer)[2]
    assert post(client, place, None)[2] == "/packages/curso"
    listed = client.get("/courses?lang=en").text
    assert "Courses made elsewhere" in listed
    assert "Made by Instituto" in listed
    assert client.get("/packages/curso?lang=en").text.count("SHA-256") == 2


@pytest.mark.parametrize(
    ("stream", "sentence"),
    [
        (None, "Choose the package: a ZIP archive."),
        (io.BytesIO(b"%PDF-1.4"), "This file is not a ZIP archive"),
        (archive({"a.html": "x"}), "holds no imsmanifest.xml"),
        (package(manifest(before="<!DOCTYPE x>")), "document type (&lt;!DOCTYPE"),
        (
            archive({"imsmanifest.xml": QTI, "q1.xml": "<assessmentItem/>"}),
            "Export them as Moodle XML, GIFT or Aiken",
        ),
        (archive({"a.crs": "x", "a.au": "x"}), "This is an AICC package"),
        (package(**{"../x.html": "x"}), "would lead outside of the package"),
        (archive({"imsmanifest.xml": manifest()}), "index.html is not in the archive"),
    ],
)
def test_refused_package_gets_a_sentence_and_leaves_nothing(
    app: Flask, client: FlaskClient, stream: io.BytesIO | None, sentence: str
) -> None:
    sign_in(client, "organizer")
    if stream is not None:
        stream = io.BytesIO(stream.getvalue())
    status, html, _place = post(client, "/packages/import", stream)
    assert (status, sentence in html, rows(app)) == (422, True, (0, 0))
    assert not list(platform(app).settings.data.glob("files/??/*"))


def launched(app: Flask, host: str) -> tuple[str, str]:
    """The addresses of a launch and of its first file, signed for the host."""
    actor = actor_of(app, "official-hn")
    now = clock.now()
    with app.app_context(), transaction() as db:
        slug = imported(db, package(**{"v.mp4": bytes(range(256))}), now=now)
        enrolment_id = enrol(db, actor=actor, slug=slug, now=now)
        visit_id = open_session(db, actor=actor, enrolment_id=enrolment_id, item_key="I1", now=now)
    keys = platform(app).keys
    files = key_of(enrolment_id, KeyPurpose.FILES, keys=keys, host=host)
    launch = key_of(visit_id, KeyPurpose.LAUNCH, keys=keys, host=host)
    return f"/content/{launch}/", f"/content/files/{files}/"


def test_package_is_served_on_the_other_origin_without_cookies(
    app: Flask, client: FlaskClient
) -> None:
    launch, files = launched(app, "127.0.0.1:8000")
    sign_in(client, "official-hn")
    for path in (launch, f"{files}index.html"):
        answer = client.get(path, base_url=CONTENT)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        policy = answer.headers["Content-Security-Policy"]
        assert (
            f"frame-ancestors {'' if path == launch else chr(39) + 'self' + chr(39) + ' '}{APP}"
            in policy
        )
        assert "connect-src 'self'" in policy
        assert client.get(path, base_url=APP).status_code == 404
        document = {"Sec-Fetch-Dest": "document"}
        assert client.get(path, base_url=CONTENT, headers=document).status_code == 403
    worker = {"Service-Worker": "script"}
    assert client.get(f"{files}index.html", base_url=CONTENT, headers=worker).status_code == 403
    page = client.get(f"{files}index.html", base_url=CONTENT)
    assert (page.headers["Content-Type"], page.text) == ("text/html", SCO)
    assert client.get(f"{files}INDEX.html", base_url=CONTENT).status_code == 404
    assert client.get(f"{files}../../etc/passwd", base_url=CONTENT).status_code == 404


def test_file_is_read_in_parts_and_not_fetched_twice(app: Flask, client: FlaskClient) -> None:
    _launch, files = launched(app, "127.0.0.1:8000")
    part = client.get(f"{files}v.mp4", base_url=CONTENT, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, bytes(range(10, 20)))
    assert part.headers["Content-Range"] == "bytes 10-19/256"
    whole = client.get(f"{files}v.mp4", base_url=CONTENT)
    assert (whole.content_length, whole.data) == (256, bytes(range(256)))
    known = {"If-None-Match": whole.headers["ETag"]}
    assert client.get(f"{files}v.mp4", base_url=CONTENT, headers=known).status_code == 304


def test_commit_is_bounded_and_needs_the_key_of_its_launch(app: Flask, client: FlaskClient) -> None:
    launch, files = launched(app, "127.0.0.1:8000")
    sound = {"sequence": 1, "values": {"cmi.core.lesson_location": "2"}, "ended": False}

    def send(body: object, path: str = launch, base: str = CONTENT) -> int:
        return client.post(f"{path}commit", json=body, base_url=base).status_code

    assert send(sound) == 200
    assert send({**sound, "sequence": 2, "ended": True}) == 200
    assert send({**sound, "sequence": 3}) == 409
    assert send([]) == 400
    for wrong in ({}, {**sound, "sequence": "x"}, {**sound, "sequence": -1}):
        assert send(wrong) == 422
    assert client.post(f"{launch}commit", data=b"\xff", base_url=CONTENT).status_code == 400
    assert send(sound, base=APP) == 404
    assert send(sound, path=files.replace("files/", "")) == 404
    assert send({"sequence": 9, "values": {"a": "x" * 600_000}}) == 413


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"[" * 100,
        b'{"sequence": 1, "values": ' + b'{"a":' * 100_000,
        ("[" * 90_000).encode("utf-16"),
    ],
)
def test_commit_of_nothing_but_brackets_is_refused_and_not_a_fault(
    app: Flask, client: FlaskClient, body: bytes
) -> None:
    launch, _files = launched(app, "127.0.0.1:8000")
    answer = client.post(
        f"{launch}commit", data=body, content_type="application/json", base_url=CONTENT
    )
    assert (answer.status_code, answer.get_json()) == (400, {"error": "not-an-object"})


def test_commit_of_more_than_a_package_may_keep_says_so(app: Flask, client: FlaskClient) -> None:
    """The frame tells the learner so, and does not send it again as if the line were cut."""
    launch, _files = launched(app, "127.0.0.1:8000")
    many = {f"cmi.interactions.{n}.id": "x" for n in range(7_000)}
    sent = {"sequence": 1, "values": many, "ended": False}
    answer = client.post(f"{launch}commit", json=sent, base_url=CONTENT)
    assert (answer.status_code, answer.get_json()) == (422, {"error": "package-state-too-large"})


def test_learner_starts_another_try_of_what_is_done(app: Flask, client: FlaskClient) -> None:
    launch, _files = launched(app, "127.0.0.1:8000")
    done = {"cmi.core.lesson_status": "completed", "cmi.core.score.raw": "50"}
    sent = {"sequence": 1, "values": done, "ended": True}
    assert client.post(f"{launch}commit", json=sent, base_url=CONTENT).status_code == 200
    sign_in(client, "official-hn")
    with app.app_context(), reading() as db:
        slug = db.scalars(select(Package.slug)).one()
    page = client.get(f"/packages/{slug}?lang=en", base_url=APP).text
    assert "Try it once more" in page
    status, _html, place = post(client, f"/packages/{slug}/visits", None, attempt="another")
    assert status == 303
    assert "What you do is saved as you go." in client.get(f"{place}?lang=en", base_url=APP).text


def test_package_may_ask_by_a_dialog_whether_to_go_on(app: Flask, client: FlaskClient) -> None:
    """Without `allow-modals` the browser answers no, and the package overwrites the place."""
    launched(app, "localhost:8000")
    sign_in(client, "official-hn")
    with app.app_context(), reading() as db:
        slug = db.scalars(select(Package.slug)).one()
    place = post(client, f"/packages/{slug}/visits", None)[2]
    frame = client.get(place).text.partition('id="package"')[2].partition(">")[0]
    allowed = set(frame.partition('sandbox="')[2].partition('"')[0].split())
    assert allowed == {"allow-scripts", "allow-same-origin", "allow-forms", "allow-modals"}


def test_configured_host_answers_with_packages_only(settings: Settings) -> None:
    configured = settings.model_copy(update={"content_origin": "https://content.example.org"})
    app = create_app(configured)
    client = app.test_client()
    launch, files = launched(app, "content.example.org")
    base = "https://content.example.org"
    assert client.get(launch, base_url=base).status_code == 200
    assert client.get(f"{files}index.html", base_url=base).status_code == 200
    for path in ("/", "/courses", "/sign-in", "/api/v1/events", "/healthz", "/nothing"):
        answer = client.get(path, base_url=base)
        assert (answer.status_code, answer.data) == (404, b"")
        assert "Set-Cookie" not in answer.headers
    assert client.get(launch, base_url="https://convoca.example.org").status_code == 404
    sign_in(client, "official-hn")
    shown = client.post(
        "/packages/un-curso-de-prueba/visits", data={"csrf_token": csrf_token(client)}
    )
    player = client.get(shown.headers["Location"])
    assert f"frame-src {base}" in player.headers["Content-Security-Policy"]
    assert 'sandbox="allow-scripts allow-same-origin allow-forms allow-modals"' in player.text
    close_app(app)


def test_production_without_a_second_host_says_what_to_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    production = {"environment": "production", "base_url": "https://convoca.example.org"}
    app = create_app(settings.model_copy(update=production))
    launch, _files = launched(app, "127.0.0.1:8000")
    client = app.test_client()
    base = "https://convoca.example.org"
    page = client.get("/packages/un-curso-de-prueba?lang=en", base_url=base).text
    assert "Packages cannot be played yet. Please tell the secretariat." in page
    assert client.get(launch, base_url=base).status_code == 404
    close_app(app)
    monkeypatch.setenv("BASE_URL", base)
    monkeypatch.setenv("CONTENT_ORIGIN", base)
    with pytest.raises(SettingsInvalid, match="another host name"):
        read_settings()
