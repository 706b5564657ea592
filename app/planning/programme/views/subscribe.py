"""The page that hands out the addresses of calendars: the programme's, by the groups one wants, and
one's own.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.text import N_, languages
from app.people.identity.queries import feed_addresses
from app.people.identity.services import issue_feed_token, rotate_feed_token
from app.people.identity.values import FeedAddress
from app.planning.events.values import GroupSummary
from app.planning.programme.queries.programme import all_groups
from app.planning.programme.views import bp
from app.planning.programme.views.feed_answer import address
from app.planning.programme.views.feeds import BETWEEN
from app.planning.programme.views.month import Marks
from app.web.form_token import press_key
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.locale import reader_language, reader_timezone

PROGRAMS = (
    (
        "Google Calendar",
        N_("8 to 24 hours"),
        N_("On a computer: Other calendars, +, From URL; paste the address."),
    ),
    (
        N_("Outlook on the web"),
        N_("about 3 hours"),
        N_("Add calendar, Subscribe from web; paste the address."),
    ),
    (
        N_("Outlook on the desktop"),
        N_("up to 24 hours"),
        N_("Add calendar, From internet; paste the address."),
    ),
    ("Apple", N_("5 minutes to 1 week, as you set it"), N_("Press “Open in my calendar”.")),
    (
        "Thunderbird",
        N_("30 minutes, as you set it"),
        N_("New calendar, On the network; paste the address."),
    ),
)
"""Program, how long it waits before it looks again, how one subscribes in it."""


@bp.get("/calendar")
@requires(anyone)
def subscribe() -> str:
    return _subscribe_page()


@bp.post("/calendar/addresses")
@requires(signed_in)
def make_feed_address() -> str:
    """Answers with the page itself, because the address is shown once and kept nowhere."""
    with transaction() as db:
        token = issue_feed_token(
            db, account_id=current_actor().account_id, now=clock.now(), press=press_key()
        )
    return _subscribe_page(token)


@bp.post("/calendar/addresses/replacement")
@requires(signed_in)
def replace_feed_address() -> str:
    with transaction() as db:
        token = rotate_feed_token(
            db, account_id=current_actor().account_id, now=clock.now(), press=press_key()
        )
    return _subscribe_page(token, is_replaced=True)


def _subscribe_page(token: str = "", *, is_replaced: bool = False) -> str:
    actor = current_actor()
    with reading() as db:
        groups = all_groups(db)
        mine = [_in_days(one) for one in feed_addresses(db, actor=actor)] if actor.signed_in else []
    asked = set(request.args.getlist("group"))
    chosen = [group for group in groups if group.slug in asked]
    return render_template(
        "planning/programme/subscribe.html",
        marks=Marks(groups).legend,
        chosen=[group.slug for group in chosen],
        programme_url=_programme_url(chosen),
        addresses=mine,
        is_replaced=is_replaced,
        programs=PROGRAMS,
        made_url=address() + url_for("programme.personal_feed", token=token) if token else "",
    )


def _in_days(one: FeedAddress) -> dict[str, Any]:
    """By the reader's own calendar."""
    zone = ZoneInfo(reader_timezone())
    used_on = one.used_at.astimezone(zone).date() if one.used_at else None
    return {
        "made_on": one.made_at.astimezone(zone).date(),
        "used_on": used_on,
        "client": one.client,
    }


def _programme_url(groups: Sequence[GroupSummary]) -> str:
    """Spanish is what an address without a language gives."""
    language = reader_language()
    lang = language if language != languages()[0] else None
    if not groups:
        return address() + url_for("programme.public_feed", lang=lang)
    slugs = BETWEEN.join(group.slug for group in groups)
    return address() + url_for("programme.group_feed", slug=slugs, lang=lang)
