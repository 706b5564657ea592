"""Letters say what, when, in which zone and where to look, in the reader's language; nothing
becomes a header.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import Language, LocalizedText
from app.kernel.timespan import Timespan
from app.office.notifications.values import EventNotice, Recipient, RegistrationState
from app.office.notifications.wording.letters import (
    about_registration,
    about_reminder,
    compose,
    when_text,
)
from app.office.outbox.exports import as_email
from app.office.outbox.values import Letter, QueuedMessage
from app.participation.registrations.values import RegistrationStatus

STARTS = datetime(2026, 12, 10, 15, tzinfo=UTC)
PAGE = "https://convoca.example.org/events/x"


def to(
    language: Language = "es",
    timezone: str = "America/Santo_Domingo",
    name: str = "María José Ñáñez",
) -> Recipient:
    return Recipient(5, name, "nanez@example.org", language, timezone)


def a_place(
    language: Language = "es", *, name: str = "María José Ñáñez", origin: str = "self"
) -> RegistrationState:
    return RegistrationState(to(language, name=name), RegistrationStatus.REGISTERED, STARTS, origin)


def an_event(**changes: Any) -> EventNotice:
    values: dict[str, Any] = {
        "event_id": UUID(int=1),
        "title": LocalizedText(es="Rutas de protección", en="Protection routes"),
        "span": Timespan(STARTS, STARTS + timedelta(minutes=90)),
        "timezone": "America/Costa_Rica",
        "place": "",
        "sequence": 0,
        **changes,
    }
    return EventNotice(**values)


def about(kind: str, place: RegistrationState, event: EventNotice) -> Letter:
    context = about_registration(place, event)
    return compose(
        kind, place.to, **context, url=PAGE, calendar_url=f"{PAGE}.ics", position=3, reason=""
    )


def remind(reader: Recipient, event: EventNotice, *, now: datetime) -> Letter:
    context = about_reminder(reader, event, now=now)
    return compose("reminder", reader, **context, url=PAGE, own_url="")


def test_a_registration_in_spanish() -> None:
    letter = about("registered", a_place(), an_event(place="Sala 2"))
    assert letter.subject == "Inscripción confirmada: Rutas de protección"
    assert letter.body == (
        "Hola, María José Ñáñez:\n\n"
        "Su inscripción en «Rutas de protección» quedó confirmada.\n\n"
        "jueves, 10 de diciembre de 2026, 09:00–10:30 (Costa Rica, UTC−6)\n"
        "En su hora: jueves, 10 de diciembre de 2026, 11:00–12:30 (República Dominicana, UTC−4)\n"
        "Lugar: Sala 2\n\n"
        f"Página del webinario, con el enlace para conectarse cuando llegue la hora: {PAGE}\n\n"
        f"Para agregarlo a su calendario: {PAGE}.ics\n\n"
        "Convoca · Conferencia Regional sobre Migración\n"
    )


def test_a_registration_in_english() -> None:
    letter = about("registered", a_place("en"), an_event())
    assert letter.subject == "You are registered: Protection routes"
    assert "Thursday, 10 December 2026, 09:00–10:30 (Costa Rica, UTC−6)" in letter.body
    assert (
        "In your time: Thursday, 10 December 2026, 11:00–12:30 (Dominican Republic, UTC−4)"
        in letter.body
    )
    assert PAGE in letter.body


def test_the_reader_s_time_is_left_out_where_it_is_the_same() -> None:
    assert "En su hora" not in when_text(to(timezone="America/Guatemala"), an_event())


def test_the_reader_s_day_may_be_another_one() -> None:
    late = Timespan(datetime(2026, 12, 11, 4, tzinfo=UTC), datetime(2026, 12, 11, 5, tzinfo=UTC))
    assert when_text(to(), an_event(span=late)).splitlines() == [
        "jueves, 10 de diciembre de 2026, 22:00–23:00 (Costa Rica, UTC−6)",
        "En su hora: viernes, 11 de diciembre de 2026, 00:00–01:00 (República Dominicana, UTC−4)",
    ]


@pytest.mark.parametrize(
    ("at", "offset"), [(STARTS, "UTC−5"), (datetime(2026, 7, 9, 15, tzinfo=UTC), "UTC−4")]
)
def test_offsets_are_those_of_the_day(at: datetime, offset: str) -> None:
    event = an_event(span=Timespan(at, at + timedelta(hours=1)))
    assert f"(Ottawa, {offset})" in when_text(to(timezone="America/Toronto"), event)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("es", "La fecha está por anunciarse."), ("en", "The date is still to be announced.")],
)
def test_a_date_not_known_is_said_so(language: Language, sentence: str) -> None:
    assert when_text(to(language), an_event(span=None)) == sentence


@pytest.mark.parametrize(
    ("language", "subjects"),
    [
        ("es", ["Nueva fecha u hora: Rutas de protección", "Cancelado: Rutas de protección"]),
        ("en", ["New date or time: Protection routes", "Cancelled: Protection routes"]),
    ],
)
def test_moved_and_cancelled_name_the_time_and_the_page(
    language: Language, subjects: list[str]
) -> None:
    letters = [about(kind, a_place(language), an_event()) for kind in ("moved", "cancelled")]
    assert [letter.subject for letter in letters] == subjects
    for letter in letters:
        assert "09:00–10:30 (Costa Rica, UTC−6)" in letter.body
        assert PAGE in letter.body


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("es", "Su enlace para ingresar", "durante 15 minutos"),
        ("en", "Your link to sign in", "for 15 minutes"),
    ],
)
def test_a_link_to_sign_in(language: Language, subject: str, words: str) -> None:
    url = "https://convoca.example.org/sign-in/link/t"
    letter = compose("sign-in", to(language), url=url, minutes=15)
    assert letter.subject == subject
    assert words in letter.body
    assert "https://convoca.example.org/sign-in/link/t\n" in letter.body


@pytest.mark.parametrize(
    ("language", "subject"),
    [("es", "Su certificado está listo"), ("en", "Your certificate is ready")],
)
def test_letter_about_certificate_links_it_and_its_verification(
    language: Language, subject: str
) -> None:
    letter = compose(
        "certificate",
        to(language),
        course="C",
        taken="modules 1–2 of 8",
        url=f"{PAGE}/c",
        verify_url=f"{PAGE}/v",
    )
    assert letter.subject == subject
    assert f"{PAGE}/c\n" in letter.body
    assert f"{PAGE}/v\n" in letter.body


def test_a_title_missing_in_english_is_said_in_spanish() -> None:
    letter = about("moved", a_place("en"), an_event(title=LocalizedText(es="Rutas")))
    assert letter.subject == "New date or time: Rutas"


def sent(letter: Letter) -> str:
    message = QueuedMessage(1, "7.1", "a@example.org", letter.subject, letter.body, "es", STARTS)
    return as_email(
        message, sender="Convoca <no-reply@example.org>", address="https://convoca.example.org"
    ).as_string()


HEADERS = {
    "Message-ID",
    "Date",
    "From",
    "To",
    "Subject",
    "Content-Language",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}


@given(
    title=st.text(st.characters(exclude_categories=["Cs"]), max_size=400), name=st.text(max_size=80)
)
def test_no_title_and_no_name_makes_a_header(title: str, name: str) -> None:
    event = an_event(title=LocalizedText(es=f"x{title}\r\nBcc: b@example.org"))
    letter = about("registered", a_place(name=name), event)
    head = sent(Letter(letter.subject, "body")).split("\n\n")[0]
    names = {line.split(":")[0] for line in head.splitlines() if line[:1] not in (" ", "\t")}
    assert names <= HEADERS


@pytest.mark.parametrize(
    ("language", "days"),
    [
        (
            "es",
            "jueves, 10 de diciembre de 2026 – viernes, 11 de diciembre de 2026, todo el día (Costa Rica, UTC−6)",
        ),
        (
            "en",
            "Thursday, 10 December 2026 – Friday, 11 December 2026, all day (Costa Rica, UTC−6)",
        ),
    ],
)
def test_whole_days_have_no_hours_that_another_zone_could_shift(
    language: Language, days: str
) -> None:
    midnight = datetime(2026, 12, 10, 6, tzinfo=UTC)
    event = an_event(span=Timespan(midnight, midnight + timedelta(days=2)), is_all_day=True)
    assert when_text(to(language), event) == days


@pytest.mark.parametrize("is_online", [True, False])
def test_a_link_to_join_is_promised_only_where_there_is_one(is_online: bool) -> None:
    event, now = an_event(is_online=is_online), STARTS - timedelta(days=1)
    for letter in (
        about("registered", a_place(), event),
        about("place-given", a_place(), event),
        remind(to(), event, now=now),
    ):
        assert ("enlace para conectarse" in letter.body) is is_online
        assert ("webinario" in letter.body) is is_online
        assert PAGE in letter.body


@pytest.mark.parametrize(
    "timezone", ["America/Tijuana", "America/Costa_Rica", "America/Santo_Domingo"]
)
def test_whole_days_are_counted_where_they_are_held_wherever_the_reader_is(timezone: str) -> None:
    """The tenth of December in Costa Rica begins on the ninth in Tijuana, and is the tenth in the
    letter.
    """
    midnight = datetime(2026, 12, 10, 6, tzinfo=UTC)
    event = an_event(span=Timespan(midnight, midnight + timedelta(days=1)), is_all_day=True)
    for days, words in ((7, "In 7 days"), (1, "Tomorrow")):
        at = midnight - timedelta(days=days)
        letter = remind(to("en", timezone), event, now=at)
        assert letter.subject == f"{words}: Protection routes"
    for hours in (20, 2, 1):
        late = midnight - timedelta(hours=hours)
        letter = remind(to("en", timezone), event, now=late)
        assert letter.subject == "Tomorrow: Protection routes"


@pytest.mark.parametrize(
    ("language", "revoked", "corrected"),
    [
        ("es", "Su certificado fue revocado", "Su certificado corregido está listo"),
        ("en", "Your certificate was revoked", "Your corrected certificate is ready"),
    ],
)
def test_letters_say_that_a_certificate_was_revoked_or_corrected_and_what_to_do(
    language: Language, revoked: str, corrected: str
) -> None:
    about_it = {"course": "C", "code": "PY1H-TQV5", "url": f"{PAGE}/c", "verify_url": f"{PAGE}/v"}
    letter = compose(
        "certificate-revoked",
        to(language),
        day="D",
        reason="R.",
        ask_url=f"{PAGE}/ask",
        **about_it,
    )
    assert letter.subject == revoked
    assert "PY1H-TQV5" in letter.lead
    assert "R." in letter.lead
    for link in ("c", "v", "ask"):
        assert f"{PAGE}/{link}\n" in letter.body
    letter = compose("certificate-corrected", to(language), old_code="M2VE-5F1C", **about_it)
    assert letter.subject == corrected
    assert "M2VE-5F1C" in letter.body
    assert "PY1H-TQV5" in letter.lead
