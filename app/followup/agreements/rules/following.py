"""What a proposed follow-up is called, and when there can be none."""

from collections.abc import Sequence

from app.followup.agreements.values import AgreementView
from app.kernel.refusal import Refusal
from app.kernel.text import N_, LocalizedText

LONGEST_TITLE = 200


class NothingChosen(Refusal):
    rule = "no-agreement-chosen"
    msgid = N_("Tick at least one agreement to follow up.")


class NoFreeTime(Refusal):
    rule = "no-free-time"
    msgid = N_(
        "In the next six months no time is free for it. Plan it by hand, where every reason is shown."
    )


def title_of(agreements: Sequence[AgreementView]) -> LocalizedText:
    """Returns "Seguimiento: acuerdos 3, 5 — Sexto Congreso", cut to the length of a title."""
    numbers = ", ".join(str(one.paragraph) for one in agreements)
    several = len(agreements) > 1
    event = agreements[0].event_title
    of_one = len({one.event_id for one in agreements}) == 1
    es = f"Seguimiento: {'acuerdos' if several else 'acuerdo'} {numbers}"
    en = f"Follow-up: {'agreements' if several else 'agreement'} {numbers}"
    if of_one:
        es, en = f"{es} — {event.in_('es')}", f"{en} — {event.in_('en')}"
    return LocalizedText(es=_cut(es), en=_cut(en))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"
