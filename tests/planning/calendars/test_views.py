"""The pages and the API: adding, what is shown of a calendar, who sees which, and that no input is
a server error.
"""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.planning.calendars.rules.lines import LARGEST
from tests.planning.calendars.builders import TWO, URL, a_process, left_by, source_of
from tests.planning.calendars.test_reading import CORPUS
from tests.support.actors import actor_of, bearer, csrf_token, sign_in

pytestmark = pytest.mark.timeout(60)
ADD = "/calendars/add"
API = "/api/v1/calendars"


@pytest.fixture
def organizer(app: Flask, client: FlaskClient) -> FlaskClient:
    sign_in(client, "organizer")
    return client


def send(client: FlaskClient, path: str = ADD, *, file: bytes | None = None, **typed: Any) -> Any:
    """Written out as a browser does, because the test client would leave its own copy of a large
    file open.
    """
    fields = {"csrf_token": csrf_token(client), **typed}
    body = b"".join(
        f'--next\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    if file is not None:
        body += (
            b'--next\r\nContent-Disposition: form-data; name="file"; filename="a.ics"\r\n\r\n'
            + file
            + b"\r\n"
        )
    return client.post(
        path, data=body + b"--next--\r\n", content_type="multipart/form-data; boundary=next"
    )


def page(client: FlaskClient, language: str = "en") -> str:
    return client.get(f"/calendars?lang={language}").get_data(as_text=True)


def test_a_file_of_another_process_is_added_and_shown(app: Flask, organizer: FlaskClient) -> None:
    answer = send(organizer, file=TWO, whose="process", name_es="CSM", name_en="SACM")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/calendars#calendar-")
    shown = page(organizer)
    assert "SACM" in shown
    assert "A file, read once" in shown
    assert "Read it now" not in shown  # there is nothing to read again
    assert "CSM" in page(organizer, "es")


def test_of_an_address_only_the_host_is_ever_shown(app: Flask, organizer: FlaskClient) -> None:
    assert (
        send(
            organizer, url=URL.replace("https:", "webcal:"), whose="process", name_es="SICA"
        ).status_code
        == 303
    )
    shown = page(organizer)
    assert "calendar.example.org/…" in shown
    assert "secret-token" not in shown
    answer = organizer.get(API, headers=bearer(app, "organizer"))
    assert answer.json is not None
    assert answer.json["calendars"][0]["host"] == "calendar.example.org"
    assert "secret-token" not in answer.get_data(as_text=True)
    assert source_of(app, answer.json["calendars"][0]["id"]).url == URL
    assert "Not read yet" in shown


@pytest.mark.parametrize("language", ["es", "en"])
def test_problems_are_named_in_the_readers_language(
    app: Flask, organizer: FlaskClient, language: str
) -> None:
    a_process(app, actor_of(app, "organizer"), content=(CORPUS / "broken_dates.ics").read_bytes())
    shown = page(organizer, language)
    assert "Mes trece" in shown
    assert ("línea 4" if language == "es" else "line 4") in shown
    assert ("Termina antes de empezar" if language == "es" else "It ends before it starts") in shown


def test_her_own_busy_hours_are_all_that_an_official_may_add(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "official-hn")
    form = client.get(ADD + "?lang=en").get_data(as_text=True)
    assert 'name="name_es"' not in form
    assert 'name="person_words"' not in form
    assert (
        send(client, file=TWO, whose="process", name_es="CSM").status_code == 303
    )  # it becomes her own
    her = actor_of(app, "official-hn")
    found = client.get(API, headers=bearer(app, "official-hn")).json
    assert found is not None
    assert [(one["kind"], one["name"]["es"]) for one in found["calendars"]] == [
        ("person", her.name)
    ]
    assert {row[3] for row in left_by(app, found["calendars"][0]["id"])} == {
        f"person/{her.person_id}"
    }
    assert "Pleno" not in page(client)


def test_an_organizer_finds_the_person_first(app: Flask, organizer: FlaskClient) -> None:
    her = actor_of(app, "official-hn")
    nobody = send(organizer, file=TWO, whose="somebody", person_words="Zzyzx")
    assert nobody.status_code == 422
    assert "Zzyzx" in nobody.get_data(as_text=True)
    found = send(organizer, whose="somebody", person_words="María José", action="find")
    assert found.status_code == 200
    assert f'value="{her.person_id}"' in found.get_data(as_text=True)
    assert (
        send(
            organizer,
            file=TWO,
            whose="somebody",
            person_words="María José",
            person_id=str(her.person_id),
        ).status_code
        == 303
    )
    assert her.name in page(organizer)
    other = actor_of(app, "official-gt")
    typed = {"whose": "somebody", "person_words": "María José", "person_id": str(other.person_id)}
    send(organizer, file=TWO, **typed)  # not among those found: the only one found is meant
    assert other.name not in page(organizer)


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"whose": "process", "name_es": "CSM"}, "Give either an address or a file."),
    (
        {"whose": "process", "name_es": "CSM", "url": URL, "file": TWO},
        "Give either an address or a file.",
    ),
    ({"whose": "process", "url": URL}, "Write what the calendar is called."),
    ({"whose": "process", "name_es": "x" * 121, "url": URL}, "Write at most 120 characters."),
    (
        {"whose": "process", "name_es": "CSM", "url": "http://example.org/a.ics"},
        "This is not an address that can be read.",
    ),
    (
        {"whose": "process", "name_es": "CSM", "url": "https://user:pw@example.org/"},
        "This is not an address",
    ),
    ({"whose": "process", "name_es": "CSM", "url": "x" * 2100}, "Write at most 2000 characters."),
    ({"whose": "process", "name_es": "CSM", "file": b""}, "The file is empty."),
    (
        {"whose": "process", "name_es": "CSM", "file": b"<html>"},
        "This is a web page, not a calendar.",
    ),
    ({"whose": "process", "name_es": "CSM", "file": b"PK\x03\x04"}, "This is a compressed file."),
    (
        {"whose": "process", "name_es": "CSM", "file": b"BEGIN:VCALENDAR" + b" " * LARGEST},
        "larger than 5 MB",
    ),
    ({"whose": "somebody", "url": URL}, "Find the person, then choose."),
)


def test_what_cannot_be_added_is_said_at_its_field_and_kept(organizer: FlaskClient) -> None:
    organizer.get("/calendars?lang=en")
    for typed, sentence in REFUSED:
        answer = send(organizer, **typed)
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 422, sentence
        assert sentence in shown
        assert "error-summary" in shown, sentence
        if len(typed.get("name_es", "")) == 3:
            assert 'value="CSM"' in shown, sentence


def test_no_file_is_a_server_error(organizer: FlaskClient) -> None:
    for path in sorted(CORPUS.iterdir()):
        answer = send(organizer, file=path.read_bytes(), whose="process", name_es=path.name)
        assert answer.status_code in (303, 422), path.name


def test_a_file_beyond_every_limit_is_too_large(organizer: FlaskClient) -> None:
    answer = send(organizer, file=b"x" * (LARGEST + 200_000), whose="process", name_es="CSM")
    assert answer.status_code == 413


def test_calendar_is_read_now_and_removed_once(app: Flask, organizer: FlaskClient) -> None:
    source_id = a_process(app, actor_of(app, "organizer"), url=URL)
    assert "Read it now" in page(organizer)
    assert send(organizer, f"/calendars/{source_id}/refresh").status_code == 303
    assert send(organizer, f"/calendars/{source_id}/remove").status_code == 303
    assert f'id="calendar-{source_id}"' not in page(organizer)
    assert send(organizer, f"/calendars/{source_id}/remove").status_code == 404
    assert send(organizer, "/calendars/99999999999999999999/remove").status_code == 404


def test_another_persons_calendar_is_not_there(app: Flask, client: FlaskClient) -> None:
    source_id = a_process(app, actor_of(app, "organizer"), content=TWO)
    sign_in(client, "official-hn")
    assert "calendar-" not in page(client)
    for act in ("refresh", "remove"):
        assert send(client, f"/calendars/{source_id}/{act}").status_code == 404
    assert (
        client.delete(f"{API}/{source_id}", headers=bearer(app, "official-hn")).status_code == 404
    )
    assert len(left_by(app, source_id)) == 2


def test_a_page_with_many_calendars_and_problems_stays_small(
    app: Flask, organizer: FlaskClient
) -> None:
    broken = b"BEGIN:VCALENDAR\n" + b"".join(
        b"BEGIN:VEVENT\nUID:%d\nSUMMARY:%s\nDTSTART:x\nEND:VEVENT\n" % (n, b"t" * 200)
        for n in range(300)
    )
    a_process(app, actor_of(app, "organizer"), content=broken)
    assert len(page(organizer).encode()) < 30_000


def test_the_api_adds_reads_and_removes(app: Flask, client: FlaskClient) -> None:
    headers = bearer(app, "presidency")
    made = client.post(
        API,
        headers=headers,
        json={"kind": "process", "name": {"es": "CSM"}, "content": TWO.decode()},
    )
    assert made.status_code == 201
    assert made.json is not None
    assert (made.json["entries"], made.json["state"], made.json["host"]) == (2, "read", "")
    assert client.delete(f"{API}/{made.json['id']}", headers=headers).status_code == 204
    assert client.get(API, headers=headers).json == {"calendars": []}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"kind": "process", "name": {"es": "CSM"}}, 422),
        ({"kind": "process", "content": "x", "url": URL}, 422),
        ({"kind": "process", "name": {"es": "CSM"}, "content": "<html>"}, 422),
        ({"kind": "process", "name": {"es": "CSM"}, "url": "https://user@example.org/"}, 422),
        ({"kind": "somebody", "url": URL}, 422),
        ({"kind": "person", "person_id": 10**6, "url": URL}, 422),
        ({"kind": "person", "person_id": "1", "url": URL}, 422),
        ({"kind": "process", "url": 5}, 422),
        ({}, 422),
    ],
)
def test_the_api_refuses_with_a_problem(
    app: Flask, client: FlaskClient, sent: dict[str, Any], status: int
) -> None:
    answer = client.post(API, headers=bearer(app, "organizer"), json=sent)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_a_tokens_owner_adds_nobody_elses_hours(app: Flask, client: FlaskClient) -> None:
    other, headers = actor_of(app, "official-gt"), bearer(app, "official-hn")
    sent = {"kind": "person", "content": TWO.decode()}
    assert (
        client.post(API, headers=headers, json={**sent, "person_id": other.person_id}).status_code
        == 403
    )
    assert (
        client.post(
            API, headers=headers, json={**sent, "kind": "process", "name": {"es": "x"}}
        ).status_code
        == 403
    )
    mine = client.post(API, headers=headers, json=sent)
    assert mine.status_code == 201
