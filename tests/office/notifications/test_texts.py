"""R64: the office reads the text of every letter and replaces it within its placeholders."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.text import Language, LocalizedText, languages
from app.office.notifications.wording.kinds import KIND_OF, KINDS, LetterKind, Sample, sample_in
from app.office.notifications.wording.letters import TEMPLATES, compose, names_in
from app.office.outbox.rules import OurTexts, reworded, template_of
from app.office.outbox.services import change_texts, reset_texts
from app.office.outbox.values import OUR_TEXTS, LetterTexts
from app.web.letters_ahead import letters_ahead
from tests.office.notifications.world import HOUR, NOW, call_off, letters, take_place, webinar
from tests.support.actors import actor_of, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW + HOUR)
CANCELLED = LetterTexts(
    LocalizedText(es="Lo sentimos: {event}"),
    LocalizedText(es="Estimada colega: «{event}» queda para otra ocasión."),
    LocalizedText(es="Gracias por su comprensión, {name}."),
)


def samples() -> dict[Language, Sample]:
    return {language: sample_in(language, NOW) for language in languages()}


def save(app: Flask, kind: str, texts: LetterTexts, who: str = "organizer") -> None:
    actor, ours = actor_of(app, who), KIND_OF[kind].ours(samples())
    with app.app_context(), transaction() as db:
        change_texts(db, actor=actor, kind=kind, texts=texts, ours=ours, now=NOW)


def test_r64_every_template_of_a_letter_is_a_kind_on_the_page() -> None:
    names = {path.stem for path in TEMPLATES.glob("*.txt")}
    assert {name for name in names if not name.startswith("_")} == set(KIND_OF)


def test_every_piece_of_a_letter_is_included_by_some_letter() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.txt"))
    assert [path.name for path in TEMPLATES.glob("_*.txt") if f'"{path.name}"' not in texts] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_r64_every_letter_is_written_in_both_languages_from_its_template(
    app: Flask, kind: LetterKind
) -> None:
    """And our own text as the office's gives our own letter: the form is filled with the words that
    leave, and placeholders stand for the right data.
    """
    with app.app_context():
        ours = kind.ours(samples())
        same = LetterTexts(ours.subject, ours.introduction, LocalizedText())
        written = {language: kind.sample(sample) for language, sample in samples().items()}
        for language, letter in written.items():
            assert letter.kind == kind.key
            assert letter.lead in letter.body
            assert reworded(letter, same, language) == letter
            assert not {"%(", "{{", "{%", "None"} & set(letter.body.split())
        assert written["es"].subject != written["en"].subject
        assert written["es"].lead != written["en"].lead or not written["es"].lead


def test_letter_that_lacks_a_value_is_refused_even_where_its_reader_would_not_see_it() -> None:
    sample = sample_in("es", NOW)
    context = KIND_OF["registered"].context(sample)
    assert "is_nominated" in names_in("registered.txt")
    with pytest.raises(KeyError, match="calendar_url"):
        compose("registered", sample.to, **{k: v for k, v in context.items() if "cal" not in k})


def test_values_that_look_like_markup_stay_as_they_were_typed() -> None:
    sample = sample_in("en", NOW)
    title = LocalizedText(en="100 % <b>{{ name }}</b> %(url)s & more")
    typed = replace(sample, event=replace(sample.event, title=title))
    letter = KIND_OF["registered"].sample(typed)
    assert f"You are registered for “{title['en']}”." in letter.body


def test_r64_template_takes_the_longest_value_first() -> None:
    assert template_of("Ana María y Ana", {"name": "Ana", "person": "Ana María"}) == (
        "{person} y {name}"
    )


def test_r64_office_words_leave_from_the_next_letter_on_and_facts_stay(app: Flask) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    save(app, "cancelled", CANCELLED)
    with app.app_context(), reading() as db:
        ahead = letters_ahead().if_cancelled(db, event_id).letters[0]
    call_off(app, event_id)
    sent = letters(app, "official-hn")[-1]
    assert sent.subject == ahead.subject == "Lo sentimos: Señales de trata"
    assert "Estimada colega: «Señales de trata» queda para otra ocasión." in sent.text
    assert "no se realizará" not in sent.text
    assert "Gracias por su comprensión, María José Ñáñez Güell.\n\nConvoca" in sent.text
    assert "3 de agosto de 2027" in sent.text
    with app.app_context(), reading() as db:
        facts = db.scalars(select(JournalEntry).where(JournalEntry.fact == "LetterTextChanged"))
        assert [one.payload["kind"] for one in facts] == ["cancelled"]


def test_r64_unknown_and_missing_placeholders_are_refused_at_their_field(app: Flask) -> None:
    bad = LetterTexts(
        LocalizedText(es="Lo sentimos"),
        LocalizedText(en="Dear {surname}, {event}"),
        LocalizedText(),
    )
    with pytest.raises(InvalidInput) as refused:
        save(app, "cancelled", bad)
    assert set(refused.value.errors) == {"subject_es", "introduction_en"}


def test_r64_reset_and_texts_like_ours_leave_nothing_behind(app: Flask) -> None:
    organizer = actor_of(app, "organizer")
    ours: OurTexts = KIND_OF["cancelled"].ours(samples())
    save(app, "cancelled", CANCELLED)
    save(app, "cancelled", LetterTexts(ours.subject, ours.introduction, LocalizedText()))
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    save(app, "registered", LetterTexts(LocalizedText(), LocalizedText(), LocalizedText(es="Fin.")))
    with app.app_context(), transaction() as db:
        reset_texts(db, actor=organizer, kind="registered", now=NOW)
    [first] = letters(app, "official-hn")
    assert "Fin." not in first.text
    call_off(app, event_id)
    last = letters(app, "official-hn")[-1]
    assert last.subject.startswith("Cancelado")


def test_r64_only_the_secretariat_changes_texts(app: Flask) -> None:
    with pytest.raises(NotAllowed):
        save(app, "cancelled", OUR_TEXTS, "presidency")


def test_page_of_every_letter_opens_in_both_languages(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    for kind in KINDS:
        for language in languages():
            page = client.get(f"/letter-texts/{kind.key}?lang={language}")
            assert page.status_code == 200, (kind.key, language)
            assert 'class="letter' in page.text, kind.key


def test_r64_page_previews_with_invented_data_and_saves(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "organizer")
    assert "Cuándo sale y a quién" in client.get("/letter-texts").text
    page = client.get("/letter-texts/cancelled").text
    assert "Cancelado: {evento}" in page
    typed = {"subject_es": "Adiós, {evento}", "csrf_token": csrf_token(client)}
    shown = client.post("/letter-texts/cancelled", data={**typed, "preview": "1"}).text
    assert "Adiós, Registro de llegada y trato digno" in shown
    assert "Adiós" not in client.get("/letter-texts/cancelled").text
    wrong = client.post(
        "/letter-texts/cancelled", data={**typed, "subject_es": "Adiós, {apellido}"}
    )
    assert wrong.status_code == 422
    assert "{apellido} no corresponde a ningún dato. Use solo {nombre}, {evento}." in wrong.text
    assert client.post("/letter-texts/cancelled", data=typed).status_code == 303
    assert "Adiós, {evento}" in client.get("/letter-texts/cancelled").text
    client.post("/letter-texts/cancelled/reset", data=typed)
    assert "Adiós" not in client.get("/letter-texts/cancelled").text
    assert client.get("/letter-texts/nothing").status_code == 404
