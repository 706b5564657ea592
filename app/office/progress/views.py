"""What is open for an event in words, each with its act; and how far it is, on its page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.kernel.actor import Role
from app.office.outbox.policy import may_see_messages
from app.office.progress.queries import SentInvitation, progress_of, sent_invitations, work_of
from app.office.progress.values import CountryFigures, EventProgress, PartRow
from app.participation.registrations.values import Way
from app.people.directory.rules.people import sort_key
from app.planning.arranging.views.event import country_name
from app.planning.events.values import (
    CountryAsked,
    EventDetail,
    EventWork,
    LetterArrival,
    OpenKind,
    OpenPoint,
    Unreached,
)
from app.web.guards import current_actor
from app.web.locale import listed, reader_language
from app.web.render import short_day_text

NAMED = 3
"""How many countries a line names before it says how many more there are."""


@dataclass(frozen=True)
class Act:
    """What to do about one open point. `say` is verb and object; `more` why, and what follows;
    `label` the word on the button.
    """

    say: str
    label: str
    url: str
    more: str = ""


@dataclass(frozen=True)
class CountryShown:
    """A country in words. `why`: why its letter reached nobody, with the act about it."""

    name: str
    row: CountryFigures
    why: str = ""
    act: Act | None = None


@dataclass(frozen=True)
class PartShown:
    row: PartRow
    local_hour: str


@dataclass(frozen=True)
class ProgressShown:
    """The figures of an event in its reader's words. `reached` and `unreached`: countries, by name;
    those of an event to which no country was asked stand in `reached` alone. `most`: the longest
    bar.
    """

    progress: EventProgress
    reached: Sequence[CountryShown]
    unreached: Sequence[CountryShown]
    people: Sequence[PartShown]
    most: int


def event_work(db: Session, *, event: EventDetail) -> EventWork:
    return work_of(db, [event.id])[event.id]


def progress_shown(db: Session, *, event: EventDetail) -> ProgressShown:
    progress = progress_of(db, event=event)
    shown = sorted(
        (_country(event.id, row) for row in progress.enrolment.countries),
        key=lambda one: (not one.row.code, sort_key(one.name)),
    )
    reached = [one for one in shown if not _is_unreached(one.row)]
    most = max((max(one.row.figures.received, one.row.places) for one in reached), default=0)
    return ProgressShown(
        progress=progress,
        reached=reached,
        unreached=[one for one in shown if _is_unreached(one.row)],
        people=[PartShown(row, _local_hour(event, row)) for row in progress.people],
        most=max(most, 1),
    )


def act_of(event_id: UUID, point: OpenPoint, work: EventWork) -> Act:
    """Returns what to do about one point of what is open, for its page and for home."""
    return ACTS[point.kind](event_id, point, work)


def countries_in_words(codes: Sequence[str], *, most: int = NAMED) -> str:
    """Returns names of countries, sorted, and how many more there are."""
    names = sorted((country_name(code) for code in codes), key=sort_key)
    rest = len(names) - most
    if rest > 1:
        names = [*names[:most], ngettext("%(num)s more", "%(num)s more", rest)]
    return listed(names)


@dataclass(frozen=True)
class InvitationState:
    """What became of an invitation's letters: `kind` as in components/marks.html, and in words."""

    kind: str
    words: str
    why: str = ""


def invitation_states(db: Session, *, event_id: UUID) -> dict[int, InvitationState]:
    """Returns by number how each invitation of the event stands that was not withdrawn."""
    invitations, countries = sent_invitations(db, event_id)
    return {one.id: _state(one, countries.get(one.country_code)) for one in invitations}


def _state(one: SentInvitation, country: CountryAsked | None) -> InvitationState:
    """Returns the state of an invitation, with a tick only where a letter was handed over and has
    not come back.
    """
    outcomes = list(one.outcomes.values())
    reached = outcomes.count(LetterArrival.HANDED_OVER)
    if not one.is_sent:
        return InvitationState("quiet", _("Ready"))
    if one.way is Way.LINK:
        return InvitationState("quiet", _("By link"), _("no letter: whoever has it registers"))
    if country is not None and country.why is not None:
        is_open = country.why is Unreached.WAITING
        words = _("Waiting") if is_open else _("Nobody got it")
        return InvitationState("now" if is_open else "warn", words, why_in_words(country))
    if reached == len(outcomes) and reached:
        return InvitationState("good", _("Letter delivered"))
    if reached:
        of_all = _("%(part)s of %(all)s letters", part=reached, all=len(outcomes))
        return InvitationState("warn", _("Delivered in part"), of_all)
    if LetterArrival.WAITING in outcomes:
        return InvitationState("now", _("Waiting"), _("the letter waits to leave"))
    if LetterArrival.RETURNED in outcomes:
        return InvitationState("bad", _("Letter came back"))
    why = _("the letter could not be delivered") if outcomes else _("nobody was written to")
    return InvitationState("warn", _("Nobody got it"), why)


def _is_unreached(row: CountryFigures) -> bool:
    return row.asked is not None and not row.is_reached


def _country(event_id: UUID, row: CountryFigures) -> CountryShown:
    name = country_name(row.code) if row.code else str(_("Of no country"))
    if row.asked is None or row.asked.why is None:
        return CountryShown(name, row)
    return CountryShown(
        name=name, row=row, why=why_in_words(row.asked), act=_act_for(event_id, row.asked)
    )


def why_in_words(country: CountryAsked) -> str:
    """Says why the letter to a country has reached nobody."""
    match country.why:
        case Unreached.VACANT if country.since:
            on = short_day_text(country.since, "yMMMd", reader_language())
            return str(_("no focal point since %(day)s", day=on))
        case Unreached.VACANT:
            return str(_("no focal point was ever named"))
        case Unreached.RETURNED:
            return str(
                ngettext(
                    "the letter came back", "the address returned %(num)s letters", country.returned
                )
            )
        case Unreached.NO_ADDRESS:
            return str(_("its focal point has no e-mail address"))
        case Unreached.WAITING:
            return str(_("the letter waits to leave"))
        case Unreached.NOT_SENT:
            return str(_("the letter could not be delivered"))
        case _:
            return str(_("its focal point was not written to"))


def _act_for(event_id: UUID, country: CountryAsked) -> Act | None:
    """Returns the act about one country, where the reader may take it."""
    actor = current_actor()
    invitation = url_for(
        "invitations.invitation", event_id=event_id, invitation_id=country.invitation_id
    )
    match country.why:
        case Unreached.VACANT | Unreached.NO_ADDRESS if actor.acts_as(Role.ORGANIZER):
            label = _("Designate somebody") if country.why is Unreached.VACANT else _("Correct it")
            return Act(label, label, url_for("directory.delegations"))
        case Unreached.RETURNED if may_see_messages(actor):
            return Act(_("Correct it"), _("Correct it"), _messages("bounced"))
        case Unreached.WAITING | Unreached.NOT_SENT if may_see_messages(actor):
            return Act(_("See the letter"), _("See the letter"), _messages(""))
        case Unreached.NOT_WRITTEN:
            return Act(_("Send the letter"), _("Send the letter"), invitation)
    return None


def _local_hour(event: EventDetail, row: PartRow) -> str:
    if event.starts_at is None or not row.timezone:
        return ""
    return f"{event.starts_at.astimezone(ZoneInfo(row.timezone)):%H:%M}"


def _messages(show: str) -> str:
    return url_for("outbox.messages", show=show or None)


def _date(event_id: UUID, _point: OpenPoint, _work: EventWork) -> Act:
    url = url_for("events.edit", event_id=event_id, _anchor="on")
    return Act(
        say=_("Give it a date"),
        label=_("Give it a date"),
        url=url,
        more=_("Without one nobody knows when to come."),
    )


def _people(event_id: UUID, _point: OpenPoint, _work: EventWork) -> Act:
    return Act(
        say=_("Name who speaks or moderates"),
        label=_("Name somebody"),
        url=url_for("events.edit", event_id=event_id, _anchor="people_words"),
        more=_("Nobody is named in its programme yet."),
    )


def _link(event_id: UUID, _point: OpenPoint, _work: EventWork) -> Act:
    return Act(
        say=_("Add the link to join"),
        label=_("Add the link"),
        url=url_for("events.edit", event_id=event_id, _anchor="join_url"),
        more=_("Without it nobody who is registered can come in."),
    )


def _answers(event_id: UUID, _point: OpenPoint, work: EventWork) -> Act:
    number = work.outside.count("asked")
    return Act(
        say=_("Get the outside speakers to confirm"),
        label=_("Remind them"),
        url=url_for("speakers.speakers", event_id=event_id),
        more=ngettext("%(num)s has not answered.", "%(num)s have not answered.", number),
    )


def _description(event_id: UUID, _point: OpenPoint, _work: EventWork) -> Act:
    url = url_for("events.edit", event_id=event_id)
    return Act(_("Describe what it is about"), _("Write it"), url)


def _translation(event_id: UUID, _point: OpenPoint, _work: EventWork) -> Act:
    url = url_for("events.edit", event_id=event_id)
    return Act(_("Add the translation"), _("Translate"), url)


def _nobody_asked(event_id: UUID, _point: OpenPoint, work: EventWork) -> Act:
    more = _("Nobody has been invited. You see who gets the letter before it leaves.")
    if work.part.registered:
        more = ngettext(
            "Nobody has been invited; %(num)s person registered without a letter.",
            "Nobody has been invited; %(num)s people registered without a letter.",
            work.part.registered,
        )
    url = url_for("invitations.all_countries", event_id=event_id)
    return Act(say=_("Invite the countries"), label=_("Invite the countries"), url=url, more=more)


def _not_reached(event_id: UUID, point: OpenPoint, work: EventWork) -> Act:
    """Returns the act against the reason that most countries share, because an act mends one
    reason.
    """
    unreached = work.inviting.unreached
    by_reason = {
        why: [one for one in unreached if one.why is why]
        for why in Unreached
        if any(one.why is why for one in unreached)
    }
    why, some = max(by_reason.items(), key=lambda pair: len(pair[1]))
    number, names = len(some), countries_in_words([one.code for one in some], most=len(some))
    act = _act_for(event_id, some[0])
    say, label, more = _reason_in_words(why, number)
    if act is None:
        url = url_for("invitations.invitations", event_id=event_id)
        return Act(say=say, label=_("See who was invited"), url=url, more=names)
    url = act.url
    if why is Unreached.NOT_WRITTEN and number > 1:
        url, label = _own_page(event_id), str(_("See %(number)s", number=number))
    return Act(say=say, label=label, url=url, more=f"{names}. {more}")


def _own_page(event_id: UUID) -> str:
    return url_for("events.event", event_id=event_id, _anchor="not-reached")


def _reason_in_words(why: Unreached, number: int) -> tuple[str, str, str]:
    """Returns verb and object, the word on the button and what follows."""
    match why:
        case Unreached.VACANT:
            return (
                ngettext(
                    "Designate the focal point of %(num)s country",
                    "Designate the focal points of %(num)s countries",
                    number,
                ),
                ngettext("Designate %(num)s focal point", "Designate %(num)s focal points", number),
                _("Nobody there got the letter; it leaves by itself when somebody is named."),
            )
        case Unreached.RETURNED | Unreached.NO_ADDRESS:
            return (
                ngettext(
                    "Correct the address of %(num)s country",
                    "Correct the addresses of %(num)s countries",
                    number,
                ),
                _("Correct %(number)s", number=number),
                _("Nobody there got the letter."),
            )
        case Unreached.NOT_WRITTEN:
            return (
                ngettext(
                    "Send the letter to %(num)s country",
                    "Send the letter to %(num)s countries",
                    number,
                ),
                _("Send the letter"),
                _("Whoever answers for it today was not written to."),
            )
        case _:
            return (
                ngettext(
                    "See to the letter to %(num)s country",
                    "See to the letters to %(num)s countries",
                    number,
                ),
                _("See %(number)s", number=number),
                _("Nobody there got the letter."),
            )


def _letters_waiting(event_id: UUID, point: OpenPoint, _work: EventWork) -> Act:
    say = ngettext(
        "See to %(num)s letter that waits to leave",
        "See to %(num)s letters that wait to leave",
        point.count,
    )
    return Act(say, _("See %(number)s", number=point.count), _letters_url(event_id, "waiting"))


def _letters_back(event_id: UUID, point: OpenPoint, _work: EventWork) -> Act:
    say = ngettext(
        "Correct %(num)s e-mail address", "Correct %(num)s e-mail addresses", point.count
    )
    more = _("Letters of invitation came back.")
    label = _("Correct %(number)s", number=point.count)
    return Act(say=say, label=label, url=_letters_url(event_id, "bounced"), more=more)


def _letters_url(event_id: UUID, show: str) -> str:
    if may_see_messages(current_actor()):
        return _messages(show)
    return url_for("invitations.invitations", event_id=event_id)


def _requests(event_id: UUID, point: OpenPoint, _work: EventWork) -> Act:
    say = ngettext("Decide %(num)s registration", "Decide %(num)s registrations", point.count)
    url = url_for("registrations.registrations", event_id=event_id, state="pending")
    return Act(
        say=say,
        label=_("Decide %(number)s", number=point.count),
        url=url,
        more=_("They asked for a place."),
    )


def _nobody_registered(event_id: UUID, _point: OpenPoint, _work: EventWork) -> Act:
    return Act(
        say=_("Remind those who were invited"),
        label=_("Write to them"),
        url=url_for("writing.new_event_letter", event_id=event_id, to="silent"),
        more=_("Nobody has registered yet."),
    )


def _report(event_id: UUID, point: OpenPoint, _work: EventWork) -> Act:
    more = _("It was sent and not applied: none of its minutes count.")
    if point.count:
        undecided = ngettext(
            "%(num)s name is undecided.", "%(num)s names are undecided.", point.count
        )
        more = f"{more} {undecided}"
    url = url_for("attendance.report", import_id=point.import_id)
    say = _("Look through the report “%(file)s”", file=point.filename)
    return Act(say=say, label=_("Look through it"), url=url, more=more)


def _attendance(event_id: UUID, _point: OpenPoint, _work: EventWork) -> Act:
    url = url_for("attendance.attendance", event_id=event_id)
    return Act(_("Write down who was there"), _("Record attendance"), url)


def _undecided(event_id: UUID, point: OpenPoint, _work: EventWork) -> Act:
    say = ngettext(
        "Decide %(num)s name of the report “%(file)s”",
        "Decide %(num)s names of the report “%(file)s”",
        point.count,
        file=point.filename,
    )
    url = url_for("attendance.report", import_id=point.import_id)
    return Act(say, _("Decide %(number)s", number=point.count), url)


def _without_minutes(event_id: UUID, point: OpenPoint, _work: EventWork) -> Act:
    say = ngettext(
        "%(num)s person with a place has no minutes and counts as absent",
        "%(num)s people with a place have no minutes and count as absent",
        point.count,
    )
    return Act(say, _("See them"), url_for("attendance.attendance", event_id=event_id))


def _closing(event_id: UUID, _point: OpenPoint, _work: EventWork) -> Act:
    url = url_for("agreements.close_event", event_id=event_id)
    return Act(_("Close the event"), _("Close the event"), url)


ACTS: Mapping[OpenKind, Callable[[UUID, OpenPoint, EventWork], Act]] = {
    OpenKind.DATE: _date,
    OpenKind.PEOPLE: _people,
    OpenKind.LINK: _link,
    OpenKind.ANSWERS: _answers,
    OpenKind.DESCRIPTION: _description,
    OpenKind.TRANSLATION: _translation,
    OpenKind.NOBODY_ASKED: _nobody_asked,
    OpenKind.NOT_REACHED: _not_reached,
    OpenKind.LETTERS_WAITING: _letters_waiting,
    OpenKind.LETTERS_BACK: _letters_back,
    OpenKind.REQUESTS: _requests,
    OpenKind.NOBODY_REGISTERED: _nobody_registered,
    OpenKind.REPORT_NOT_APPLIED: _report,
    OpenKind.ATTENDANCE: _attendance,
    OpenKind.UNDECIDED_NAMES: _undecided,
    OpenKind.WITHOUT_MINUTES: _without_minutes,
    OpenKind.CLOSING: _closing,
}
