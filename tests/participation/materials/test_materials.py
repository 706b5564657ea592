"""Materials: who may open each, what may be handed out at all, and that each opening counts
once.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.infra.files import files
from app.kernel.text import LocalizedText
from app.participation.materials import services
from app.participation.materials.models import Material, MaterialDownload
from app.participation.materials.rules import (
    LARGEST,
    LONGEST_FILENAME,
    file_defect,
    may_read,
    plain_filename,
)
from app.participation.materials.values import GivenFile, MaterialDraft, MaterialKind, Visibility
from app.people.directory.models import Membership, WorkingGroup
from app.planning.events.models import EventSession, SessionPerson
from tests.planning.events.rows import NOW, STARTS, add_registration, an_event, counted_statements
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.pdfs import a_pdf

PDF = a_pdf()
pytestmark = pytest.mark.at(NOW)


def a_material(app: Flask, event_id: UUID, visibility: Visibility, **changes: Any) -> UUID:
    actor = actor_of(app, "organizer")
    title = LocalizedText(es=changes.pop("title", "Ficha de indicadores"), en="Indicator sheet")
    draft = MaterialDraft(
        MaterialKind.FACT_SHEET,
        title,
        "es en",
        visibility,
        file=GivenFile("ficha técnica.pdf", PDF),
    )
    with app.app_context():
        key = files().put(PDF)
        with transaction() as db:
            return services.add_material(
                db,
                actor=actor,
                event_id=event_id,
                draft=draft,
                file_key=changes.pop("file_key", key),
                now=NOW,
            )


def downloads(app: Flask) -> dict[str, int]:
    with app.app_context(), reading() as db:
        return {row.country_code: row.times for row in db.scalars(select(MaterialDownload))}


def sent(client: FlaskClient, event_id: UUID, **changes: Any) -> Any:
    form = {
        "kind": "presentation",
        "title_es": "Presentación",
        "title_en": "",
        "language": "es",
        "visibility": "members",
        "session": "",
        "url": "",
        "csrf_token": csrf_token(client),
        "file": (BytesIO(PDF), "presentación.pdf"),
    }
    return client.post(
        f"/events/{event_id}/materials",
        data={**form, **changes},
        content_type="multipart/form-data",
    )


def test_r7_a_guest_is_refused_and_a_member_s_download_is_counted(
    app: Flask, client: FlaskClient
) -> None:
    path = f"/materials/{a_material(app, an_event(app, groups=['protection']), Visibility.MEMBERS)}"
    refused = client.get(path)
    assert refused.status_code == 403
    assert "no es público" in refused.get_data(as_text=True)
    assert downloads(app) == {}
    sign_in(client, "official-hn")
    answer = client.get(path)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert downloads(app) == {"HN": 1}
    client.get(path)
    assert downloads(app) == {"HN": 2}


@pytest.mark.parametrize("header", [{"Sec-Purpose": "prefetch"}, {"Range": "bytes=0-3"}])
def test_what_nobody_asked_to_read_is_not_counted(
    app: Flask, client: FlaskClient, header: dict[str, str]
) -> None:
    path = f"/materials/{a_material(app, an_event(app), Visibility.PUBLIC)}"
    assert client.get(path, headers=header).status_code in (200, 206)
    assert client.head(path).status_code == 200
    assert downloads(app) == {}
    client.get(path)
    assert downloads(app) == {"": 1}


@pytest.mark.both_databases
def test_downloads_at_the_same_moment_all_count(app: Flask) -> None:
    material = a_material(app, an_event(app), Visibility.PUBLIC)

    def once(_number: int) -> None:
        with app.app_context(), transaction() as db:
            services.count_download(
                db, material_id=material, country_code="GT", on=date(2026, 11, 24)
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(once, range(40)))
    assert downloads(app) == {"GT": 40}


def test_a_group_s_document_opens_for_its_members_and_for_who_is_registered(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, groups=["protection"])
    path = f"/materials/{a_material(app, event_id, Visibility.GROUP)}"
    sign_in(client, "official-gt")
    assert client.get(path).status_code == 403
    add_registration(app, event_id, actor_of(app, "official-gt").person_id or 0)
    assert client.get(path).status_code == 200
    sign_in(client, "official-hn")
    assert client.get(path).status_code == 403
    with app.app_context(), transaction() as db:
        group = db.scalars(select(WorkingGroup.id).where(WorkingGroup.slug == "protection")).one()
        db.add(
            Membership(
                working_group_id=group,
                person_id=actor_of(app, "official-hn").person_id,
                valid_from=date(2026, 1, 1),
                valid_until=date(2026, 12, 1),
            )
        )
    assert client.get(path).status_code == 200


def test_a_group_s_document_opens_for_whoever_has_a_part_in_the_event(
    app: Flask, client: FlaskClient
) -> None:
    speaker, moderator = (
        actor_of(app, who).person_id or 0 for who in ("official-gt", "official-hn")
    )
    event_id = an_event(app, groups=["protection"], people=[speaker])
    path = f"/materials/{a_material(app, event_id, Visibility.GROUP)}"
    sign_in(client, "official-hn")
    assert client.get(path).status_code == 403
    with app.app_context(), transaction() as db:
        session = EventSession(
            id=uuid4(),
            event_id=event_id,
            kind="panel",
            title=LocalizedText(es="Panel"),
            notes=LocalizedText(),
            starts_at=STARTS,
            ends_at=STARTS + timedelta(hours=1),
            people=[SessionPerson(person_id=moderator, role="moderator")],
        )
        db.add(session)
    assert client.get(path).status_code == 200
    sign_in(client, "official-gt")
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "hidden", [{"is_confidential": True}, {"published_at": None, "status": "draft"}]
)
def test_what_belongs_to_a_hidden_event_does_not_exist(
    app: Flask, client: FlaskClient, hidden: dict[str, Any]
) -> None:
    path = f"/materials/{a_material(app, an_event(app, **hidden), Visibility.PUBLIC)}"
    sign_in(client, "official-hn")
    assert client.get(path).status_code == 404


def test_an_organizer_adds_and_withdraws_and_the_file_is_gone_for_all(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    sign_in(client, "organizer")
    assert sent(client, event_id).status_code == 303
    with app.app_context(), reading() as db:
        row = db.scalars(select(Material)).one()
    page = client.get(f"/events/{event_id}/materials").get_data(as_text=True)
    assert f"/materials/{row.id}" in page
    assert row.filename == "presentación.pdf"
    answer = client.post(f"/materials/{row.id}/withdrawal", data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 303
    assert client.get(f"/materials/{row.id}").status_code == 404


@pytest.mark.both_databases
@pytest.mark.parametrize("is_link", [False, True])
def test_a_button_pressed_twice_hands_out_one_material(
    app: Flask, client: FlaskClient, is_link: bool
) -> None:
    event_id = an_event(app)
    sign_in(client, "organizer")
    places = []
    for title in ("Ficha", "Ficha", "Otra"):
        file = (BytesIO(b""), "") if is_link else (BytesIO(PDF), "ficha.pdf")
        url = "https://example.org/ficha" if is_link else ""
        answer = sent(client, event_id, title_es=title, file=file, url=url)
        assert answer.status_code == 303
        places.append(answer.location)
    assert places[0] == places[1] != places[2]
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count(Material.id))) == 2


BAD_INPUT: tuple[tuple[dict[str, Any], str], ...] = (
    ({"title_es": ""}, "title_es"),
    ({"title_es": "x" * 201}, "title_es"),
    ({"file": (BytesIO(b""), "")}, "file"),
    ({"file": (BytesIO(b""), "vacio.pdf")}, "file"),
    ({"file": (BytesIO(b"MZ\x90"), "programa.exe")}, "file"),
    ({"file": (BytesIO(b"PK\x03\x04..."), "todo.zip")}, "file"),
    ({"file": (BytesIO(b"<html><script>"), "pagina.pdf")}, "file"),
    ({"file": (BytesIO(b"a\x00b"), "notas.txt")}, "file"),
    ({"url": "https://example.org/material"}, "url"),
    ({"file": (BytesIO(b""), ""), "url": "javascript:alert(1)"}, "url"),
    ({"kind": "weapon"}, "kind"),
    ({"visibility": "everyone"}, "visibility"),
    ({"session": "not-a-session"}, "session"),
)


def test_bad_input_is_a_sentence_at_its_field_and_nothing_is_kept(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    sign_in(client, "organizer")
    for changes, field in BAD_INPUT:
        answer = sent(client, event_id, **changes)
        assert answer.status_code == 422, changes
        assert re_link(field) in answer.get_data(as_text=True), changes
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count(Material.id))) == 0


def re_link(field: str) -> str:
    return f'href="#{field}-0"' if field == "visibility" else f'href="#{field}"'


def test_a_file_beyond_the_limit_is_too_large(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    sign_in(client, "organizer")
    just_over, far_over = (
        sent(client, event_id, file=(BytesIO(PDF + b"x" * (LARGEST + more)), "grande.pdf"))
        for more in (0, 1_000_000)
    )
    for answer in (just_over, far_over):
        answer.request.environ[
            "wsgi.input"
        ].close()  # a file of the test client's own, at this size
    assert just_over.status_code == 422
    assert "20 MB" in just_over.get_data(as_text=True)
    assert far_over.status_code == 413
    assert "se pueden enviar como máximo 20 MB" in far_over.get_data(as_text=True)


def test_an_official_hands_nothing_out(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    sign_in(client, "official-hn")
    assert sent(client, event_id).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_one_as_for_three(
    app: Flask, client: FlaskClient, count: int
) -> None:
    event_id = an_event(app)
    for number in range(count):
        a_material(app, event_id, Visibility.PUBLIC, title=f"Ficha {number}")
    with counted_statements(app) as statements:
        page = client.get(f"/events/{event_id}/materials").get_data(as_text=True)
    assert page.count('id="material-') == count
    assert len(statements) <= 20, statements


@given(st.sampled_from(Visibility), st.booleans(), st.booleans(), st.booleans())
def test_more_rights_never_open_less(
    visibility: Visibility, signed_in: bool, belongs: bool, runs_it: bool
) -> None:
    opens = may_read(visibility, is_signed_in=signed_in, belongs=belongs, runs_it=runs_it)
    assert may_read(visibility, is_signed_in=True, belongs=True, runs_it=runs_it) >= opens
    assert may_read(visibility, is_signed_in=signed_in, belongs=belongs, runs_it=True)
    assert may_read(Visibility.PUBLIC, is_signed_in=False, belongs=False, runs_it=False)


@given(st.text(max_size=300).map(lambda stem: f"{stem}.pdf"))
def test_a_file_name_is_safe_whatever_was_sent(name: str) -> None:
    assume(file_defect(name, PDF) is None)
    kept = plain_filename(name)
    assert kept.endswith(".pdf")
    assert len(kept) <= LONGEST_FILENAME
    assert not set(kept) & set('/\\<>:"|?*\n\r\x00')


@given(
    st.binary(max_size=64),
    st.sampled_from([".pdf", ".docx", ".html", ".svg", ".zip", ".exe", ".txt", ""]),
)
def test_only_what_it_says_is_taken(content: bytes, ending: str) -> None:
    taken = file_defect(f"a{ending}", content) is None
    assert not (taken and ending in (".html", ".svg", ".zip", ".exe", ""))
    assert not (taken and ending == ".pdf" and not content.startswith(b"%PDF-"))
