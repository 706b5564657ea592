"""Parts of the page of one event: its life, its brief and how to join."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.kernel.actor import Actor
from app.kernel.text import Language, LocalizedText, date_locale
from app.planning.arranging.queries.requests import latest_request
from app.planning.arranging.rules import join_link_is_due
from app.planning.arranging.views import bp
from app.planning.arranging.wording.life import MEANING
from app.planning.events import policy
from app.planning.events.queries.events import brief_of
from app.planning.events.queries.life import phase_of_event, steps_of
from app.planning.events.rules.joining import browser_address, browser_hint
from app.planning.events.rules.life import Phase, Step, may_take
from app.planning.events.rules.stages import is_dated
from app.planning.events.values import (
    BriefShown,
    EventDetail,
    EventStatus,
    GroupSummary,
    RequestState,
)
from app.web.locale import reader_language, reader_timezone
from app.web.markdown import rich_text
from app.web.render import zone_label

OVER = frozenset({Phase.ENDED, Phase.CLOSED})


@bp.app_template_filter()
def country_name(code: str) -> str:
    """Returns the name of a country of the region in the reader's language; for another country,
    its code.
    """
    name = current_body().country_names.get(code)
    return name.in_(reader_language()) if name else code


@dataclass(frozen=True)
class GroupShown:
    """A group with its letters, the class of its colour and its short name."""

    code: str
    look: str
    short: LocalizedText


def groups_shown(groups: Iterable[GroupSummary]) -> tuple[GroupShown, ...]:
    body = current_body()
    looks = {one.slug: f"g{number}" for number, one in enumerate(body.working_groups, 1)}
    return tuple(
        GroupShown(one.code, looks.get(one.slug, "gg"), body.short_names.get(one.slug, one.name))
        for one in groups
    )


@dataclass(frozen=True)
class LifeShown:
    """`meaning` is a msgid, or "". Only planners see the history. `has_request`: the presidency was
    asked and has not answered, or offers another hour.
    """

    phase: Phase
    meaning: str
    may_ask: bool
    may_approve: bool
    may_return: bool
    may_publish: bool
    has_request: bool
    is_offered: bool
    history: tuple["StepShown", ...]


@dataclass(frozen=True)
class StepShown:
    """A step with day, hour and name of the reader's zone. `by` is "" for steps that happen by the
    clock.
    """

    step: Step
    at: str
    by: str
    note: str


@dataclass(frozen=True)
class Text:
    """A longer text of the brief as HTML. `lang` is set where the text exists in the other language
    only.
    """

    html: Markup
    lang: Language | None


@dataclass(frozen=True)
class BriefPage:
    shown: BriefShown
    concept: Text | None
    objectives: Text | None
    recording_url: str

    @property
    def languages_shown(self) -> tuple[Language, ...]:
        """Returns the languages of longer texts that lack the reader's own."""
        texts = (self.concept, self.objectives)
        return tuple(dict.fromkeys(text.lang for text in texts if text and text.lang))


@dataclass(frozen=True)
class Joining:
    """`url` is "" before the time to join; `hint` is a msgid. `is_promised`: the link will be shown
    here half an hour before. `is_early`: only organizers have it yet, to try it. `is_call`: there
    are telephone numbers and no link. `is_own`: the link is the reader's own.
    """

    url: str
    browser_url: str
    hint: str
    dial_in: str
    is_promised: bool
    is_early: bool = False
    is_call: bool = False
    is_own: bool = False


def life_of(
    db: Session, event: EventDetail, *, actor: Actor, may_change: bool, now: datetime
) -> LifeShown:
    phase = phase_of_event(event, now)
    approves = policy.may_approve(actor)
    asked = latest_request(db, event_id=event.id) if may_change else None
    waits = asked is not None and asked.state == RequestState.OPEN and asked.decide_by > now
    says = may_change or phase in (Phase.RUNNING, Phase.CLOSED)
    is_offered = asked is not None and asked.state == RequestState.OFFERED
    return LifeShown(
        phase,
        MEANING[phase] if says else "",
        may_ask=may_change and phase is Phase.DRAFT and event.span is not None,
        may_approve=approves and waits,
        may_return=approves and may_take(phase, Step.RETURN),
        may_publish=may_change and may_take(phase, Step.PUBLISH) and is_dated(event),
        has_request=waits or is_offered,
        is_offered=is_offered,
        history=_history(db, event) if may_change else (),
    )


def _history(db: Session, event: EventDetail) -> tuple[StepShown, ...]:
    zone, language = reader_timezone(), reader_language()
    found = []
    for one in steps_of(db, event_id=event.id):
        local = one.at.astimezone(ZoneInfo(zone))
        day = format_skeleton("yMMMd", local, locale=date_locale(language))
        found.append(
            StepShown(
                step=one.step,
                at=f"{day}, {local:%H:%M} {zone_label(zone, one.at, language)}",
                by=one.by,
                note=one.note,
            )
        )
    return tuple(found)


def brief_page(db: Session, event: EventDetail, *, phase: Phase, language: Language) -> BriefPage:
    shown = brief_of(db, event_id=event.id)
    recording = shown.brief.recording_url if phase in OVER else ""
    return BriefPage(
        shown=shown,
        concept=_text(shown.brief.concept, language),
        objectives=_text(shown.brief.objectives, language),
        recording_url=recording,
    )


def joining(
    event: EventDetail, page: BriefPage, *, may_change: bool, jitsi: str, now: datetime
) -> Joining | None:
    """Returns the link and the telephone numbers, from half an hour before the start until the end;
    organizers get them earlier, to try them. None for readers who are not let in, and after the
    end.
    """
    dial_in = page.shown.brief.dial_in if event.may_join else ""
    if not (event.join_url or dial_in) or event.status is EventStatus.CANCELLED:
        return None
    if event.span is not None and event.span.ends_at <= now:
        return None
    is_on = event.status is EventStatus.PUBLISHED and event.span is not None
    is_due = event.span is not None and join_link_is_due(event.span, now)
    if not is_on or not (may_change or is_due):
        return Joining(
            url="",
            browser_url="",
            hint="",
            dial_in="",
            is_promised=True,
            is_call=not event.join_url,
        )
    url = event.own_url or event.join_url
    hint = browser_hint(url, jitsi=jitsi)
    return Joining(
        url=url,
        browser_url=browser_address(url),
        hint=hint,
        dial_in=dial_in,
        is_promised=False,
        is_early=not is_due,
        is_call=not event.join_url,
        is_own=bool(event.own_url),
    )


def _text(value: LocalizedText, language: Language) -> Text | None:
    body = value.in_(language)
    if not body:
        return None
    shown = value.language_shown(language)
    return Text(rich_text(body), None if shown == language else shown)
