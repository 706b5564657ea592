"""Writing to the people of an event, from the office to many, or from a focal point to officials of
the country, and reading what was written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import counted_course
from app.infra.database import reading, transaction
from app.infra.installation import installation, site_address
from app.infra.language import say
from app.infra.once import once
from app.kernel.refusal import InvalidInput
from app.kernel.text import Language, LocalizedText, field_in
from app.office.notifications.queries import event_notice
from app.office.notifications.tasks.letters import public_page
from app.office.notifications.values import NOBODY, EventNotice, Recipient
from app.office.notifications.wording.letters import with_foot
from app.office.outbox.forms import in_reader_words, shown_placeholders
from app.office.outbox.rules import fill
from app.office.outbox.values import Letter
from app.office.outbox.wording import instant_text
from app.office.writing import policy, services
from app.office.writing.forms import LetterForm, letter_id_in
from app.office.writing.queries import (
    LettersPage,
    country_audiences,
    event_audiences,
    event_to_write_to,
    letter_of,
    letters_of_country,
    letters_of_event,
    letters_of_office,
    names_of,
    office_audiences,
    reply_address,
)
from app.office.writing.rules import (
    IN_EVENT,
    IN_OFFICE,
    AudienceChanged,
    everybody_in,
    readers_by_language,
    require_words,
)
from app.office.writing.values import (
    LetterAddressee,
    LetterOrder,
    LetterWords,
    WrittenLetterSummary,
)
from app.office.writing.wording import label_of, suggested_words, written_letter
from app.people.directory.queries.roster import CountryName, country_of
from app.people.directory.rules.people import sort_key
from app.people.directory.views.reading import note_roster_read
from app.planning.events import policy as events_policy
from app.planning.events.values import EventDetail
from app.web.fields import number_in, numbers_in
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import refused
from app.web.paging import addresses, page_asked

bp = Blueprint("writing", __name__)
Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class LetterDesk:
    """Where a letter is written from: whom it may go to, and the addresses of the pages. The office
    has neither `event` nor `country`. `only`: the persons of a country that were ticked on a list.
    """

    event: EventDetail | None
    notice: EventNotice | None
    audiences: Mapping[str, tuple[LetterAddressee, ...]]
    names: Mapping[str, LocalizedText]
    country: CountryName | None = None
    matrix_until: date | None = None
    only: tuple[int, ...] = ()

    def names_in(self, audience: str) -> list[str]:
        """Returns the names of an audience in the order of a list of people."""
        return sorted((one.to.name for one in self.audiences[audience]), key=sort_key)

    @property
    def known(self) -> tuple[str, ...]:
        return IN_EVENT if self.event else IN_OFFICE

    @property
    def list_url(self) -> str:
        if self.event:
            return url_for("writing.event_letters", event_id=self.event.id)
        if self.country:
            return url_for("writing.country_letters", code=self.country.code)
        return url_for("writing.office_letters")

    @property
    def new_url(self) -> str:
        if self.event:
            return url_for("writing.new_event_letter", event_id=self.event.id)
        if self.country:
            return url_for("writing.new_country_letter", code=self.country.code, person=self.only)
        return url_for("writing.new_office_letter")

    @property
    def send_url(self) -> str:
        if self.country:
            return url_for("writing.country_letters", code=self.country.code, person=self.only)
        return self.list_url

    def label(self, key: str) -> str:
        return say(reader_language(), label_of(key, self.names))

    @property
    def link(self) -> str:
        """Returns a link for a letter that is shown before it is sent; the readers' own links
        appear in no page.
        """
        if self.event:
            return public_page(self.event.id)
        return f"{site_address()}/courses/{counted_course()}" if self.country else site_address()

    @property
    def offered(self) -> list[tuple[str, str]]:
        return [(key, f"{self.label(key)}: {len(who)}") for key, who in self.audiences.items()]


DeskOf = Callable[[Session], LetterDesk]


@dataclass(frozen=True)
class LanguagePreview:
    """The letter in one language, and how many read it in this language; `others` of them prefer
    another language.
    """

    language: Language
    letter: Letter
    readers: int
    others: int


@bp.get("/events/<uuid:event_id>/letters")
@requires(events_policy.may_plan)
def event_letters(event_id: UUID) -> str:
    with reading() as db:
        desk = _event_desk(db, event_id)
        page = letters_of_event(db, event_id=event_id, number=page_asked())
        names = names_of(db, (key for one in page.letters for key in one.audiences))
    return _list(desk, page, names)


@bp.get("/events/<uuid:event_id>/letters/new")
@requires(events_policy.may_plan)
def new_event_letter(event_id: UUID) -> str:
    return _new(lambda db: _event_desk(db, event_id))


@bp.post("/events/<uuid:event_id>/letters/new")
@requires(events_policy.may_plan)
def preview_event_letter(event_id: UUID) -> Answer:
    return _previewed(lambda db: _event_desk(db, event_id))


@bp.post("/events/<uuid:event_id>/letters")
@requires(events_policy.may_plan)
def send_event_letter(event_id: UUID) -> Answer:
    def send(db: Session, order: LetterOrder) -> None:
        services.write_to_event(
            db, actor=current_actor(), event_id=event_id, order=order, now=clock.now()
        )

    return _sent(lambda db: _event_desk(db, event_id), send)


@bp.get("/letters")
@requires(policy.may_write_from_office)
def office_letters() -> str:
    with reading() as db:
        desk = _office_desk(db)
        page = letters_of_office(db, actor=current_actor(), number=page_asked())
        names = names_of(db, (key for one in page.letters for key in one.audiences))
    return _list(desk, page, names)


@bp.get("/letters/new")
@requires(policy.may_write_from_office)
def new_office_letter() -> str:
    return _new(_office_desk)


@bp.post("/letters/new")
@requires(policy.may_write_from_office)
def preview_office_letter() -> Answer:
    return _previewed(_office_desk)


@bp.post("/letters")
@requires(policy.may_write_from_office)
def send_office_letter() -> Answer:
    def send(db: Session, order: LetterOrder) -> None:
        services.write_to_office_audiences(db, actor=current_actor(), order=order, now=clock.now())

    return _sent(_office_desk, send)


@bp.get("/countries/<code>/letters")
@requires(policy.may_write_to_some_country)
def country_letters(code: str) -> str:
    with reading() as db:
        desk = _country_desk(db, code)
        page = letters_of_country(db, actor=current_actor(), country_code=code, number=page_asked())
    return _list(desk, page, {})


@bp.get("/countries/<code>/letters/new")
@requires(policy.may_write_to_some_country)
def new_country_letter(code: str) -> str:
    page = _new(lambda db: _country_desk(db, code))
    _record_names_read(code)
    return page


@bp.post("/countries/<code>/letters/new")
@requires(policy.may_write_to_some_country)
def preview_country_letter(code: str) -> Answer:
    answer = _previewed(lambda db: _country_desk(db, code))
    _record_names_read(code)
    return answer


@bp.post("/countries/<code>/letters")
@requires(policy.may_write_to_some_country)
def send_country_letter(code: str) -> Answer:
    def send(db: Session, order: LetterOrder) -> None:
        services.write_to_country_audiences(
            db, actor=current_actor(), country_code=code, order=order, now=clock.now()
        )

    return _sent(lambda db: _country_desk(db, code), send)


@bp.get("/letters/<uuid:letter_id>")
@requires(policy.may_read_letters)
def letter(letter_id: UUID) -> str:
    language = reader_language()
    with reading() as db:
        written = letter_of(db, actor=current_actor(), letter_id=letter_id)
        names = names_of(db, written.audiences)
        leaves = installation(db).can_send
    words = LetterWords(written.words.subject, in_reader_words(written.words.text, language))
    return render_template(
        "office/writing/letter.html",
        letter=replace(written, words=words),
        whom=_labels(written, names),
        leaves=leaves,
        subject_of=_subject,
        instant=_instant,
    )


def _event_desk(db: Session, event_id: UUID) -> LetterDesk:
    actor, now = current_actor(), clock.now()
    event = event_to_write_to(db, actor=actor, event_id=event_id)
    people = event_audiences(db, event=event, on=clock.today(event.timezone), now=now)
    return LetterDesk(event=event, notice=event_notice(db, event_id), audiences=people, names={})


def _office_desk(db: Session) -> LetterDesk:
    offered = office_audiences(db, actor=current_actor(), on=clock.today())
    return LetterDesk(
        event=None,
        notice=None,
        audiences=offered.people,
        names=offered.names,
        matrix_until=offered.matrix_until,
    )


def _country_desk(db: Session, code: str) -> LetterDesk:
    actor, only = current_actor(), _ticked()
    people = country_audiences(
        db, actor=actor, country_code=code, on=clock.today(actor.timezone), only=only
    )
    return LetterDesk(
        event=None,
        notice=None,
        audiences=people,
        names={},
        country=country_of(db, code),
        only=only,
    )


def _ticked() -> tuple[int, ...]:
    """Returns the persons that the address names: those ticked on a list of the country."""
    return tuple(numbers_in(request.args.getlist("person")))


def _record_names_read(code: str) -> None:
    with reading() as db:
        note_roster_read(db, code)


def _list(desk: LetterDesk, page: LettersPage, names: Mapping[str, LocalizedText]) -> str:
    return render_template(
        "office/writing/letters.html",
        desk=desk,
        event=desk.event,
        page=page,
        whom={one.id: _labels(one, names) for one in page.letters},
        subject_of=_subject,
        instant=_instant,
        address=addresses(),
    )


def _new(desk_of: DeskOf) -> str:
    """Shows the form with the suggested text for the chosen audience."""
    with reading() as db:
        desk = desk_of(db)
        reply = reply_address(db, actor=current_actor())
    chosen = [key for key in request.args.getlist("to") if key in desk.audiences]
    words = suggested_words(chosen[0], reply, desk.matrix_until) if chosen else None
    form = LetterForm(data={"to": chosen, **(_typed(words) if words else {})})
    return _form_page(desk, form.offer(desk.offered))


def _previewed(desk_of: DeskOf) -> Answer:
    """Shows the letter as it will be sent; or the form again, with what is wrong or to change it."""
    with reading() as db:
        desk = desk_of(db)
    form = LetterForm(request.form).offer(desk.offered)
    if "mend" in request.form:
        return _form_page(desk, form), 200
    people = _checked(desk, form)
    if people is None:
        return _form_page(desk, form), 422
    return _preview_page(desk, form, people), 200


def _checked(desk: LetterDesk, form: LetterForm) -> Sequence[LetterAddressee] | None:
    """Returns who gets the letter; None when the form has errors."""
    is_valid = bool(form.validate())
    people: Sequence[LetterAddressee] = ()
    try:
        people = everybody_in(desk.audiences, form.chosen)
    except InvalidInput as refusal:
        form.show_errors(refusal.errors)
    try:
        require_words(form.words, desk.known)
    except InvalidInput as refusal:
        form.show_errors(refusal.errors)
        is_valid = False
    return people if is_valid and people else None


def _sent(desk_of: DeskOf, send: Callable[[Session, LetterOrder], None]) -> Answer:
    with reading() as db:
        desk = desk_of(db)
    form = LetterForm(request.form).offer(desk.offered)
    people = _checked(desk, form)
    if people is None:
        return _form_page(desk, form), 422
    letter_id = letter_id_in(request.form.get("letter_id", ""))
    order = LetterOrder(
        letter_id=letter_id,
        audiences=tuple(form.chosen),
        words=form.words,
        expected=_expected(),
        only=frozenset(desk.only),
    )

    def write() -> UUID:
        send(db, order)
        return letter_id

    try:
        with transaction() as db:
            once(db, f"letter.{letter_id}", write, now=clock.now())
            leaves = installation(db).can_send
    except AudienceChanged as refusal:
        sentence, status = refused(refusal)
        return _preview_page(desk, form, people, refusal=sentence), status
    if leaves:
        said = ngettext(
            "The letter goes to %(num)s person.", "The letter goes to %(num)s people.", _expected()
        )
    else:
        said = ngettext(
            "The letter to %(num)s person is written. It waits until letters can leave.",
            "The letter to %(num)s people is written. It waits until letters can leave.",
            _expected(),
        )
    flash(said, "success" if leaves else "warning")
    return redirect(url_for("writing.letter", letter_id=letter_id), 303)


def _form_page(desk: LetterDesk, form: LetterForm) -> str:
    return render_template(
        "office/writing/new.html",
        desk=desk,
        event=desk.event,
        form=form,
        placeholders=shown_placeholders(desk.known),
    )


def _preview_page(
    desk: LetterDesk, form: LetterForm, people: Sequence[LetterAddressee], refusal: str = ""
) -> str:
    """Gives the letter an id, so that a double press sends it once."""
    return render_template(
        "office/writing/preview.html",
        desk=desk,
        event=desk.event,
        form=form,
        people=people,
        previews=_previews(desk, form.words, people),
        letter_id=uuid4(),
        refusal=refusal,
    )


def _previews(
    desk: LetterDesk, words: LetterWords, people: Sequence[LetterAddressee]
) -> list[LanguagePreview]:
    """Returns the letter as the first reader of each language gets it, without the readers' own
    links.
    """
    previews = []
    for language, readers in readers_by_language(people, words.text).items():
        first = next((one for one in readers if one.to.language == language), None)
        first = first or next(iter(readers), people[0])
        to = Recipient(
            person_id=NOBODY,
            name=first.to.name,
            address="",
            language=language,
            timezone=first.to.timezone,
        )
        made = written_letter(to, words, event=desk.notice, link=desk.link)
        made = with_foot(language, made, wishes_url=f"{site_address()}/wishes/…")
        others = sum(1 for one in readers if one.to.language != language)
        previews.append(
            LanguagePreview(language=language, letter=made, readers=len(readers), others=others)
        )
    return previews


def _typed(words: LetterWords) -> dict[str, str]:
    """Returns the fields of the form, with the placeholders in the reader's language."""
    text = in_reader_words(words.text, reader_language())
    parts = (("subject", words.subject), ("text", text))
    return {field_in(name, code): said for name, part in parts for code, said in part.items()}


def _labels(one: WrittenLetterSummary, names: Mapping[str, LocalizedText]) -> list[str]:
    return [say(reader_language(), label_of(key, names)) for key in one.audiences]


def _subject(one: WrittenLetterSummary) -> LocalizedText:
    """Returns the subject with the title of the event, as every reader got it."""
    shown = {
        language: fill(text, {"event": one.event_title.in_(language)} if one.event_id else {})
        for language, text in one.words.subject.items()
    }
    return in_reader_words(LocalizedText(shown), reader_language())


def _expected() -> int:
    """Returns how many people the sender saw in the preview."""
    return number_in(request.form.get("people", ""), 999_999) or 0


def _instant(at: datetime) -> str:
    return instant_text(reader_language(), at, reader_timezone())
