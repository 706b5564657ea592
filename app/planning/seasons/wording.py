"""What the season's own limits say of a time, in words. What clashes and what is counted the rule
book says itself.
"""

from datetime import datetime

from babel.dates import format_skeleton

from app.infra.language import both
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText, date_locale, in_every_language
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.clock import zone_of
from app.planning.seasons.rules import Board, Shortfall
from app.planning.seasons.values import SeasonState, Want
from app.web.render import hours_text, zone_label

STATES = {
    SeasonState.DRAFT: N_("Not planned yet"),
    SeasonState.QUEUED: N_("Waiting to be planned"),
    SeasonState.SOLVING: N_("Being planned"),
    SeasonState.PROPOSED: N_("Proposed"),
    SeasonState.FAILED: N_("No plan found"),
    SeasonState.ACCEPTED: N_("Accepted"),
}
WANTS = {
    Want.WINDOW: N_("It is not within the days that were asked for."),
    Want.WEEKEND: N_("It falls on a weekend."),
    Want.HOURS: N_("It is not within the hours of the season, %(opens)s–%(closes)s %(zone)s."),
    Want.DAY: N_("There would be %(count)s events on that day; the limit is %(limit)s."),
    Want.SPACING: N_(
        "“%(other)s” of the same group is %(count)s working days away (%(when)s); %(limit)s are wanted."
    ),
    Want.AFTER: N_("It begins before “%(other)s” is over (%(when)s)."),
    Want.BEFORE: N_("It is not over before “%(other)s” begins (%(when)s)."),
}
NO_WORKING_DAY = N_("There is no working day within its days.")


def shortfall_in_words(
    shortfall: Shortfall, *, board: Board, span: Timespan, reader_timezone: str
) -> LocalizedText:
    limits = board.limits
    other = shortfall.other
    return both(
        WANTS[shortfall.want],
        count=shortfall.count,
        limit=shortfall.limit,
        opens=f"{limits.opens:%H:%M}",
        closes=f"{limits.closes:%H:%M}",
        zone=in_every_language(
            lambda language: zone_label(board.timezone, span.starts_at, language)
        ),
        other=other.title if other else LocalizedText(),
        when=when(other.span, reader_timezone) if other else LocalizedText(),
    )


def when(span: Timespan, timezone: str) -> LocalizedText:
    """Returns "mar 9 mar, 09:00–10:30 Costa Rica, UTC−6": in the reader's zone, which is named."""
    local: datetime = span.starts_at.astimezone(zone_of(timezone))
    hours = hours_text(span.starts_at, span.ends_at, timezone)
    return in_every_language(
        lambda language: (
            f"{format_skeleton('MMMEd', local, locale=date_locale(language))}, {hours} "
            f"{zone_label(timezone, span.starts_at, language)}"
        )
    )


def sentence_in_both(sentence: Sentence) -> LocalizedText:
    return both(sentence.msgid, **sentence.params)
