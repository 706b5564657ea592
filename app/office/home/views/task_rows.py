"""A task in words: verb, object and number, then dates and codes, then its act as a button."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.reference import REFERENCE_ZONE
from app.office.home.queries import Today
from app.office.home.values import EventNamed, Task, TaskKind, Urgency
from app.office.progress.views import Act, act_of
from app.office.writing.values import AudienceKind
from app.planning.events.values import OpenKind
from app.planning.programme.views.month import Mark, Marks
from app.web.locale import listed, reader_language, reader_timezone
from app.web.render import day_text, short_day_text, zone_label

NAMED = 3
"""How many countries or events a row names before it says how many more there are."""


@dataclass(frozen=True)
class Words:
    """`say` is verb, object and number; `more` the second line; `act` the word on the button. Where
    the button changes something, `press` is the address that it posts to.
    """

    say: str
    act: str
    url: str
    more: str = ""
    press: str = ""


@dataclass(frozen=True)
class TaskRow:
    mark: str  # bad, now or todo
    words: Words
    codes: tuple[Mark, ...]
    is_first: bool  # its act is the page's one filled button


@dataclass(frozen=True)
class TaskGroup:
    """Tasks of one urgency; `summary` says in one line what is folded."""

    urgency: Urgency
    rows: Sequence[TaskRow]
    summary: str = ""


def task_groups(page: Today) -> list[TaskGroup]:
    """Returns the groups in the order in which they are shown, without those that are empty."""
    speak = TaskSpeaker(page)
    groups: list[TaskGroup] = []
    for urgency in Urgency:
        tasks = [task for task in page.tasks if task.urgency is urgency]
        rows = [
            TaskRow(
                mark={Urgency.OVERDUE: "bad", Urgency.TODAY: "now"}.get(urgency, "todo"),
                words=speak.words(task),
                codes=speak.codes(task),
                is_first=not groups and number == 0,
            )
            for number, task in enumerate(tasks)
        ]
        if rows:
            summary = " · ".join(row.words.say for row in rows[:NAMED])
            groups.append(TaskGroup(urgency, rows, summary))
    return groups


def day_words(on: date) -> str:
    """Returns a day as "20 nov" or "Nov 20"."""
    return short_day_text(on, "MMMd", reader_language())


def weekday_words(on: date) -> str:
    """Returns a day as "lun 30 nov"."""
    return short_day_text(on, "MMMEd", reader_language()).replace(",", "")


def event_url(endpoint: str, task: Task, **values: Any) -> str:
    return url_for(endpoint, event_id=task.event.id, **values) if task.event else ""


class TaskSpeaker:
    def __init__(self, page: Today) -> None:
        self.page, self.marks = page, Marks(page.groups)
        self._by_slug = {mark.slug: mark for mark in self.marks.legend}

    def codes(self, task: Task) -> tuple[Mark, ...]:
        """Returns the groups of the task's events, each once."""
        events = [task.event] if task.event else list(task.events[:NAMED])
        slugs = [slug for event in events for slug in self.page.groups_of.get(event.id, ())]
        return tuple(self._by_slug[slug] for slug in dict.fromkeys(slugs))

    def words(self, task: Task) -> Words:
        return SENTENCES[task.kind](self, task)

    def title(self, event: EventNamed | None) -> str:
        return event.title.in_(reader_language()) if event else ""

    def names(self, where: Iterable[tuple[str, int]], *, with_numbers: bool) -> str:
        """Returns "Honduras 9, Panamá 6 y 2 más"."""
        pairs = list(where)
        named = [
            f"{self.page.country_names.get(code, code)}{f' {number}' if with_numbers and number else ''}"
            for code, number in pairs[:NAMED]
        ]
        rest = len(pairs) - NAMED
        if rest > 0:
            named.append(ngettext("%(num)s more", "%(num)s more", rest))
        return listed(named)

    def act(self, task: Task) -> Act:
        """Returns what to do about the one thing that the row is about, in the words of the event's
        own page.
        """
        if task.event is None or task.point is None or task.opened is None:
            raise ValueError(task)
        return act_of(task.event.id, task.point, task.opened.work)

    def moment(self, event: EventNamed) -> str:
        """Returns "mar 1 dic, 13:00" in the zone of the two weeks beside it, and names that zone to
        readers who live in another.
        """
        if event.starts_at is None:
            return ""
        there = event.starts_at.astimezone(ZoneInfo(REFERENCE_ZONE))
        said = f"{weekday_words(there.date())}, {there:%H:%M}"
        if reader_timezone() == REFERENCE_ZONE:
            return said
        return f"{said} ({zone_label(REFERENCE_ZONE, event.starts_at, reader_language())})"

    def own_country(self, task: Task) -> str:
        return task.where[0][0] if task.where else ""

    def on_day(self, on: date | None) -> str:
        """Returns how long ago something ended, in words."""
        if on is None:
            return ""
        days = (self.page.day - on).days
        if days <= 0:
            return str(_("It ended today"))
        words = (
            _("It ended yesterday") if days == 1 else _("It ended on %(day)s", day=day_words(on))
        )
        return str(words)


def _close(s: TaskSpeaker, task: Task) -> Words:
    """Returns the words for closing an event. Missing attendance is named first, since the same
    page records it.
    """
    points = task.opened.points if task.opened else ()
    lacks_attendance = any(point.kind is OpenKind.ATTENDANCE for point in points)
    more = [s.on_day(task.due), _("attendance is not written down") if lacks_attendance else ""]
    return Words(
        say=_("Close “%(title)s”", title=s.title(task.event)),
        act=_("Close"),
        url=event_url("agreements.close_event", task),
        more=" · ".join(one for one in more if one),
    )


def _report(s: TaskSpeaker, task: Task) -> Words:
    act = s.act(task)
    title = s.title(task.event)
    return Words(
        say=act.say, act=act.label, url=act.url, more=f"{title} · {act.more}" if act.more else title
    )


def _prepare(s: TaskSpeaker, task: Task) -> Words:
    """Returns what comes next for an event of this week; how much else it lacks."""
    if task.event is None or task.opened is None:
        raise ValueError(task)
    act, rest = s.act(task), len(task.opened.points) - 1
    more = [s.title(task.event), s.moment(task.event)]
    if rest:
        more.append(ngettext("%(num)s more thing is open", "%(num)s more things are open", rest))
    return Words(
        say=act.say, act=act.label, url=act.url, more=" · ".join(one for one in more if one)
    )


def _cases(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Resolve %(num)s conflict", "Resolve %(num)s conflicts", task.count)
    more = _("Events came to clash after they were scheduled")
    return Words(say=say, act=_("Resolve"), url=url_for("cases.cases"), more=more)


def _agreements(s: TaskSpeaker, task: Task) -> Words:
    country = s.own_country(task)
    say = (
        ngettext(
            "Report on %(num)s overdue agreement of your country",
            "Report on %(num)s overdue agreements of your country",
            task.count,
        )
        if country
        else ngettext(
            "Ask for a report on %(num)s agreement",
            "Ask for a report on %(num)s agreements",
            task.count,
        )
    )
    url = url_for("agreements.agreements", which="overdue", country=country or None)
    more = _("The first was due on %(day)s", day=day_words(task.due)) if task.due else ""
    return Words(say=say, act=_("See %(number)s", number=task.count), url=url, more=more)


def _matrix(s: TaskSpeaker, task: Task) -> Words:
    [(country, answered)] = task.where
    more = [_("%(answered)s of %(all)s answered", answered=answered, all=task.count)]
    if task.due:
        more.append(_("closes on %(day)s", day=day_text(task.due, reader_language())))
    return Words(
        say=_("Answer your country's matrix"),
        act=_("Answer"),
        url=url_for("matrix.country", code=country),
        more=", ".join(more),
    )


def _plans(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Validate %(num)s work plan", "Validate %(num)s work plans", task.count)
    return Words(
        say=say,
        act=_("Read the first one") if task.count > 1 else _("Read it"),
        url=url_for("plans.table", table_id=task.tables[0]),
        more=_("Submitted; the presidency validates with a Decision or sends back"),
    )


def _mend_plan(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Change %(num)s work plan", "Change %(num)s work plans", task.count)
    return Words(
        say=say,
        act=_("Open the first one") if task.count > 1 else _("Open it"),
        url=url_for("plans.table", table_id=task.tables[0]),
        more=_("Sent back to your table with a note"),
    )


def _approve(s: TaskSpeaker, task: Task) -> Words:
    return Words(
        say=_("Decide the request about “%(title)s”", title=s.title(task.event)),
        act=_("Read it"),
        url=event_url("events.authorization_of_event", task),
        more=_("It waits for the presidency; without an answer nothing is authorized"),
    )


def _requests(s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Decide %(num)s registration", "Decide %(num)s registrations", task.count)
    url = event_url("registrations.registrations", task, state="pending")
    return Words(
        say=say, act=_("Decide %(number)s", number=task.count), url=url, more=s.title(task.event)
    )


def _access(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Decide %(num)s request for access", "Decide %(num)s requests for access", task.count
    )
    more = _("They have said who they are and what they need")
    url = url_for("access.access_requests")
    return Words(say=say, act=_("Decide %(number)s", number=task.count), url=url, more=more)


def _corrections(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Put %(num)s record right", "Put %(num)s records right", task.count)
    more = _("Their owners say what is wrong")
    url = url_for("access.access_requests", _anchor="corrections")
    return Words(say=say, act=_("See %(number)s", number=task.count), url=url, more=more)


def _revocations(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Decide on %(num)s certificate as the second person",
        "Decide on %(num)s certificates as the second person",
        task.count,
    )
    more = _("Somebody proposed to revoke it or to mend that; until you decide nothing changes")
    url = url_for("certificates.office_register", _anchor="to-do")
    return Words(say=say, act=_("See %(number)s", number=task.count), url=url, more=more)


def _lost_factors(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Decide on %(num)s lost second step as the second organizer",
        "Decide on %(num)s lost second steps as the second organizer",
        task.count,
    )
    more = _("Until you decide, that person cannot sign in")
    url = url_for("factors.obliged")
    return Words(say=say, act=_("See %(number)s", number=task.count), url=url, more=more)


def _platform(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "See to %(num)s part of the platform that is not well",
        "See to %(num)s parts of the platform that are not well",
        task.count,
    )
    return Words(
        say=say,
        act=_("See %(number)s", number=task.count),
        url=url_for("status.status"),
        more=_("The page says what was found, and what to ask your technician for"),
    )


def _certify(s: TaskSpeaker, task: Task) -> Words:
    more = _("Whoever was there long enough has none yet")
    if task.count > 1:
        return Words(
            say=ngettext(
                "Issue the certificates of attendance of %(num)s event",
                "Issue the certificates of attendance of %(num)s events",
                task.count,
            ),
            act=_("See %(number)s", number=task.count),
            url=url_for("certificates.office_register", _anchor="to-do"),
            more=" · ".join(s.title(event) for event in task.events[:NAMED]),
        )
    (event,) = task.events
    return Words(
        say=_("Issue the certificates of attendance of “%(title)s”", title=s.title(event)),
        act=_("Issue"),
        url=url_for("certificates.event_certificates", event_id=event.id),
        more=more,
    )


def _signatory(_s: TaskSpeaker, task: Task) -> Words:
    say = (
        _("Say who signs certificates from %(day)s on", day=day_words(task.due))
        if task.due
        else _("Say who signs certificates: today nobody does")
    )
    return Words(
        say=say,
        act=_("Enter who signs"),
        url=url_for("certificates.papers", _anchor="signatories"),
        more=_("Nobody follows yet; until somebody does, they are issued without a signature line"),
    )


def _training(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Look at %(num)s certificate of another platform",
        "Look at %(num)s certificates of another platform",
        task.count,
    )
    more = _("Once you accept it, it is counted as recognised training")
    url = url_for("recognised.country", code=task.where[0][0])
    return Words(say=say, act=_("See %(number)s", number=task.count), url=url, more=more)


def _names(s: TaskSpeaker, task: Task) -> Words:
    (country, named) = task.where[0]
    more = []
    if task.due:
        more.append(_("Names are due by %(day)s.", day=day_text(task.due, reader_language())))
    if task.count:
        more.append(_("%(named)s of %(places)s named", named=named, places=task.count))
    say = _("Name who takes part in “%(title)s”", title=s.title(task.event))
    url = event_url("invitations.nominations", task, country=country)
    return Words(say=say, act=_("Nominate"), url=url, more=" ".join(more))


def _bounced(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Correct %(num)s e-mail address", "Correct %(num)s e-mail addresses", task.count)
    url = url_for("outbox.messages", show="bounced")
    more = _("Letters came back in the last 14 days")
    return Words(say=say, act=_("Correct %(number)s", number=task.count), url=url, more=more)


def _undelivered(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Check %(num)s letter that was not sent",
        "Check %(num)s letters that were not sent",
        task.count,
    )
    more = _("They could not be delivered in the last 14 days")
    return Words(
        say=say,
        act=_("See %(number)s", number=task.count),
        url=url_for("outbox.messages"),
        more=more,
    )


def _held_letters(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Decide about %(num)s letter that waits",
        "Decide about %(num)s letters that wait",
        task.count,
    )
    more = _("None of them has left")
    return Words(
        say=say,
        act=_("See %(number)s", number=task.count),
        url=url_for("outbox.messages"),
        more=more,
    )


def _newcomers(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Check the address of %(num)s newcomer",
        "Check the addresses of %(num)s newcomers",
        task.count,
    )
    more = _("They are waiting, and no letter has been sent")
    return Words(
        say=say,
        act=_("Check %(number)s", number=task.count),
        url=url_for("directory.held_newcomers"),
        more=more,
    )


def _pasted(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Check %(num)s pasted institution", "Check %(num)s pasted institutions", task.count
    )
    more = _("It waits for your answer and is in no list yet")
    if task.count > 1:
        more = _("They wait for your answer and are in no list yet")
    act = _("Check %(number)s", number=task.count)
    return Words(say=say, act=act, url=url_for("setup.institutions"), more=more)


def _held(s: TaskSpeaker, task: Task) -> str:
    """Returns until when the time of a draft is kept."""
    if task.event is None or task.event.ends_at is None:
        return str(_("It has no date yet"))
    if task.due is None:
        return str(_("Its time is not reserved"))
    if task.due < s.page.day:
        return str(
            _("Its time has been free for others since %(day)s", day=weekday_words(task.due))
        )
    return str(_("Its time is reserved until %(day)s", day=weekday_words(task.due)))


def _publish(s: TaskSpeaker, task: Task) -> Words:
    return Words(
        say=_("Publish “%(title)s”", title=s.title(task.event)),
        act=_("Publish"),
        url=event_url("events.event", task),
        more=f"{_('Approved')} · {_held(s, task)}",
    )


def _finish(s: TaskSpeaker, task: Task) -> Words:
    return Words(
        say=_("Finish the draft “%(title)s”", title=s.title(task.event)),
        act=_("Finish"),
        url=event_url("events.event", task),
        more=_held(s, task),
    )


def _confirm(s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Remind %(num)s country to confirm its staff",
        "Remind %(num)s countries to confirm their staff",
        task.count,
    )
    more = _(
        "%(countries)s: people not confirmed, or counts not declared, in 90 days",
        countries=s.names(task.where, with_numbers=True),
    )
    if task.silent:
        more += ". " + _(
            "Asked and reminded this quarter, without an answer: %(countries)s",
            countries=s.names(task.silent, with_numbers=False),
        )
    url = url_for("writing.new_office_letter", to=AudienceKind.UNCONFIRMED.value)
    label = ngettext("Write to %(num)s person", "Write to %(num)s people", task.people)
    return Words(say=say, act=label, url=url, more=more)


def _vacant(s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Designate %(num)s focal point", "Designate %(num)s focal points", task.count)
    more = _("Without one: %(countries)s", countries=s.names(task.where, with_numbers=False))
    return Words(
        say=say, act=_("Designate"), url=url_for("directory.delegations", vacant=1), more=more
    )


def _translate(s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Translate %(num)s event", "Translate %(num)s events", task.count)
    more = " · ".join(dict.fromkeys(s.title(event) for event in task.events[:NAMED]))
    return Words(say=say, act=_("Translate"), url=url_for("events.translations"), more=more)


def _roster(_s: TaskSpeaker, task: Task) -> Words:
    (code, serving) = task.where[0]
    say = ngettext("Confirm %(num)s person", "Confirm %(num)s people", task.count)
    more = _("Of %(n)s serving officials; nobody confirmed them in 90 days", n=serving)
    url = url_for("directory.roster", code=code, to_confirm=1)
    return Words(say=say, act=_("Confirm %(number)s", number=task.count), url=url, more=more)


def _first_roster(_s: TaskSpeaker, task: Task) -> Words:
    """Returns what the letter asks of a new focal point."""
    (code, _serving) = task.where[0]
    more = _("Paste the list: you see what happens before any letter leaves")
    url = url_for("directory.newcomers", code=code)
    return Words(say=_("Add the officials of your country"), act=_("Add"), url=url, more=more)


def _declare(_s: TaskSpeaker, task: Task) -> Words:
    (code, _serving) = task.where[0]
    more = _("Your country gives no names: the list stays with you, and only counts are sent")
    url = url_for("declared.counts", code=code)
    return Words(
        say=_("Declare the counts of this quarter"), act=_("Declare counts"), url=url, more=more
    )


def _begin(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Get %(num)s newcomer to start the course",
        "Get %(num)s newcomers to start the course",
        task.count,
    )
    more = _("They joined in the last 90 days")
    return Words(
        say=say,
        act=_("See %(number)s", number=task.count),
        url=url_for("turnover.my_country"),
        more=more,
    )


def _lapsing(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Renew %(num)s certificate", "Renew %(num)s certificates", task.count)
    country = task.where[0][0] if task.where else None
    return Words(
        say=say,
        act=_("See %(number)s", number=task.count),
        url=url_for("certificates.ending_certificates", country=country),
        more=_("They lapse in the next 90 days"),
    )


def _settle(s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Fulfil %(num)s open agreement of your country",
        "Fulfil %(num)s open agreements of your country",
        task.count,
    )
    more = _("The next one is due on %(day)s", day=day_words(task.due)) if task.due else ""
    url = url_for("agreements.agreements", country=s.own_country(task))
    return Words(say=say, act=_("See %(number)s", number=task.count), url=url, more=more)


def _webinars(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext(
        "Answer a country that asks for a webinar",
        "Answer %(num)s countries that ask for webinars",
        task.count,
    )
    more = _("Its draft stands in the calendar: publish it, move it or say why not")
    return Words(say=say, act=_("Answer"), url=url_for("requests.to_decide"), more=more)


def _practices(_s: TaskSpeaker, task: Task) -> Words:
    say = ngettext("Review %(num)s good practice", "Review %(num)s good practices", task.count)
    return Words(say, _("Review"), url_for("practices.review"))


def _review(s: TaskSpeaker, task: Task) -> Words:
    course = task.course
    if course is None:
        raise ValueError(task)
    more = (
        _("It was due on %(day)s", day=day_words(course.due_on))
        if course.due_on < s.page.day
        else _("It is due today")
    )
    return Words(
        say=_("Review “%(title)s”", title=course.title.in_(reader_language())),
        act=_("Open the review"),
        url=url_for("authoring.drafts"),
        more=more,
        press=url_for("authoring.open_review", slug=course.slug),
    )


def _guidelines(s: TaskSpeaker, task: Task) -> Words:
    """Returns the words for opening the review of the Guidelines, or for answering it."""
    review, country = task.review, s.own_country(task)
    if review is None:
        raise ValueError(task)
    if not review.unanswered:
        more = (
            _("It was due on %(day)s", day=day_words(review.due_on))
            if review.due_on < s.page.day
            else _("It is due today")
        )
        url = url_for("guidelines_review.review", review_id=review.review_id)
        return Words(
            say=_("Open the review of the Guidelines"),
            act=_("Open the review"),
            url=url,
            more=more,
        )
    say = (
        ngettext(
            "Say what your country answers to %(num)s challenge of the Guidelines",
            "Say what your country answers to %(num)s challenges of the Guidelines",
            review.unanswered,
        )
        if country
        else ngettext(
            "Answer %(num)s challenge of the Guidelines",
            "Answer %(num)s challenges of the Guidelines",
            review.unanswered,
        )
    )
    return Words(
        say=say,
        act=_("Answer %(number)s", number=review.unanswered),
        url=url_for(
            "guidelines_review.challenge", review_id=review.review_id, challenge_key=review.next_key
        ),
        more=_("Countries answer until %(day)s", day=day_words(review.due_on)),
    )


def _national_empty(s: TaskSpeaker, task: Task) -> Words:
    say = _("Fill in the national page of your country")
    more = _("Officials look there for laws, offices and numbers")
    url = url_for("national.page", code=s.own_country(task))
    return Words(say=say, act=_("Fill it in"), url=url, more=more)


def _national_old(s: TaskSpeaker, task: Task) -> Words:
    say = _("Check the national page of your country")
    more = (
        _("Last checked on %(day)s", day=day_text(task.due, reader_language()))
        if task.due
        else _("Nobody has checked it yet")
    )
    url = url_for("national.page", code=s.own_country(task))
    return Words(say=say, act=_("Check the page"), url=url, more=more)


def _handover(s: TaskSpeaker, task: Task) -> Words:
    url = url_for("handover.handovers")
    if task.due and task.due < s.page.day:
        more = _("Since %(day)s", day=day_words(task.due))
        return Words(say=_("Read what was handed over"), act=_("Read it"), url=url, more=more)
    more = _("On %(day)s", day=day_words(task.due)) if task.due else ""
    return Words(say=_("Prepare the handover"), act=_("Prepare"), url=url, more=more)


SENTENCES: dict[TaskKind, Callable[[TaskSpeaker, Task], Words]] = {
    TaskKind.CLOSE: _close,
    TaskKind.REPORT: _report,
    TaskKind.PREPARE: _prepare,
    TaskKind.CASES: _cases,
    TaskKind.AGREEMENTS: _agreements,
    TaskKind.MATRIX: _matrix,
    TaskKind.PLANS: _plans,
    TaskKind.MEND_PLAN: _mend_plan,
    TaskKind.APPROVE: _approve,
    TaskKind.REQUESTS: _requests,
    TaskKind.ACCESS: _access,
    TaskKind.CORRECTIONS: _corrections,
    TaskKind.REVOCATIONS: _revocations,
    TaskKind.LOST_FACTORS: _lost_factors,
    TaskKind.PLATFORM: _platform,
    TaskKind.WEBINARS: _webinars,
    TaskKind.CERTIFY: _certify,
    TaskKind.SIGNATORY: _signatory,
    TaskKind.TRAINING: _training,
    TaskKind.NAMES: _names,
    TaskKind.BOUNCED: _bounced,
    TaskKind.UNDELIVERED: _undelivered,
    TaskKind.HELD_LETTERS: _held_letters,
    TaskKind.NEWCOMERS: _newcomers,
    TaskKind.PASTED: _pasted,
    TaskKind.PUBLISH: _publish,
    TaskKind.FINISH: _finish,
    TaskKind.CONFIRM: _confirm,
    TaskKind.VACANT: _vacant,
    TaskKind.TRANSLATE: _translate,
    TaskKind.FIRST_ROSTER: _first_roster,
    TaskKind.DECLARE: _declare,
    TaskKind.ROSTER: _roster,
    TaskKind.BEGIN: _begin,
    TaskKind.LAPSING: _lapsing,
    TaskKind.SETTLE: _settle,
    TaskKind.PRACTICES: _practices,
    TaskKind.REVIEW: _review,
    TaskKind.GUIDELINES: _guidelines,
    TaskKind.NATIONAL_EMPTY: _national_empty,
    TaskKind.NATIONAL_OLD: _national_old,
    TaskKind.HANDOVER: _handover,
}
