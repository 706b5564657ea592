"""Letters about a handover."""

from app.infra.language import date_text, translate
from app.kernel.text import N_
from app.office.notifications.values import Handing, Recipient
from app.office.notifications.wording.letters import letter
from app.office.outbox.values import Letter

AHEAD = N_("On %(day)s this passes on: %(what)s, from %(outgoing)s to %(incoming)s.")
TODAY = N_("Since today, %(day)s, this has passed on: %(what)s, from %(outgoing)s to %(incoming)s.")
NOTHING_TO_DO = N_(
    "Nothing has to be done on the day itself: roles begin and end by their dates. Those who leave may read for sixty "
    "more days, without changing anything."
)
WHERE = N_(
    "If you are leaving, write down what your successor should know. If you are arriving, you find there what is open "
    "and who is who: %(url)s"
)


def handover_due(to: Recipient, handing: Handing, *, url: str, is_today: bool) -> Letter:
    """The same to whoever goes, whoever comes and the secretariat, fourteen days before and on the
    day.
    """
    lang = to.language
    day = date_text(lang, handing.on)
    what = translate(lang, "Presidency of the Conference")
    if handing.country is not None:
        what = translate(lang, "Focal point of %(country)s", country=handing.country)
    nobody = translate(lang, "a successor who is not named yet")
    names = {
        "day": day,
        "what": what,
        "outgoing": handing.outgoing.in_(lang),
        "incoming": handing.incoming.in_(lang) if handing.incoming else nobody,
    }
    return letter(
        lang,
        translate(lang, "Handover on %(day)s: %(what)s", day=day, what=what),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, TODAY if is_today else AHEAD, **names),
        translate(lang, NOTHING_TO_DO),
        translate(lang, WHERE, url=url),
        kind="handover-today" if is_today else "handover",
        values={"name": to.name, **names},
    )
