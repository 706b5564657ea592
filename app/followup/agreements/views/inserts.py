"""What agreements add to the agenda of an event: what it reviews, and which session came from which
priority issue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask import url_for

from app.followup.agreements.policy import may_open_findings, may_read
from app.followup.agreements.queries.findings import rapporteurs_of
from app.followup.agreements.queries.issues import SessionOrigin, session_origins
from app.followup.agreements.queries.reviewing import review_list
from app.followup.agreements.values import AgreementView, ListedAgreement, ReviewView
from app.followup.agreements.views import bp
from app.followup.agreements.wording import STATUSES
from app.infra.database import reading
from app.infra.language import translate
from app.planning.events.values import EventDetail, LinkRole
from app.web.guards import current_actor
from app.web.locale import reader_language

MOST_LISTED = 30


@dataclass(frozen=True)
class AgendaInsert:
    """`listed` is empty for who reads no agreements; `origins` by session."""

    listed: tuple[ListedAgreement, ...] = ()
    more: int = 0
    origins: Mapping[UUID, SessionOrigin] = field(default_factory=dict)


def agenda_insert(event: EventDetail) -> AgendaInsert:
    actor = current_actor()
    roles = {link.role for link in event.links}
    with reading() as db:
        listed = review_list(db, actor=actor, event_id=event.id) if may_read(actor) else ()
        origins = (
            session_origins(db, actor=actor, event_id=event.id)
            if LinkRole.CONGRESS in roles
            else ()
        )
    return AgendaInsert(
        listed[:MOST_LISTED],
        len(listed) - len(listed[:MOST_LISTED]),
        {one.session_id: one for one in origins},
    )


@bp.app_context_processor
def _inserts() -> dict[str, object]:
    return {
        "agenda_insert": agenda_insert,
        "agreement_status": _status_in_words,
        "findings_url": findings_url,
    }


def findings_url(slug: str) -> str:
    """Returns where the tables' findings stand, for who may open them; "" for others."""
    with reading() as db:
        rapporteurs = rapporteurs_of(db, slug=slug)
    is_open = may_open_findings(current_actor(), rapporteurs)
    return url_for("agreements.findings", slug=slug) if is_open else ""


def _status_in_words(said: AgreementView | ReviewView) -> str:
    return translate(reader_language(), STATUSES[said.status])
