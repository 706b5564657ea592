"""The whole demo, in one transaction: an interrupted first start leaves an empty database, not half
a world.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.demo_mark import mark_as_demo
from app.infra.journal import REGISTRY
from app.kernel.actor import SYSTEM
from app.office.demo.services.agreements import load_agreements
from app.office.demo.services.counts_only import load_counts_only
from app.office.demo.services.events import (
    load_agenda,
    load_capacities,
    load_cycle,
    load_editions,
    load_history,
    load_rule_book,
)
from app.office.demo.services.followup import load_followup
from app.office.demo.services.offices import load_offices
from app.office.demo.services.papers import load_papers
from app.office.demo.services.participation import (
    load_aftermath,
    load_attendance,
    load_invitations,
    load_letters,
    load_progress,
)
from app.office.demo.services.people import (
    load_handover,
    load_national_pages,
    load_people,
    load_personas,
    load_quarter,
)
from app.office.demo.services.posts import load_posts
from app.office.demo.services.recognised import load_recognised
from app.office.demo.services.reference import guidelines_course, load_reference
from app.office.demo.services.sheets import load_sheets
from app.office.demo.services.training import (
    load_answers,
    load_certificates_of_events,
    load_certificates_to_decide,
    load_exemption,
    load_learners,
    load_name_erasure,
    load_own_certificates,
    load_packages,
    load_refreshers,
    load_short_courses,
    load_training,
)
from app.office.search.services import rebuild
from app.office.setup.services import dismiss_checklist, mark_step
from app.office.setup.values import MarkState, SetupStep
from app.people.directory.models import Person
from app.training.authoring.services import set_review
from app.training.learning.services.publishing import publish_edition

SEED = 20261124
EARLIER_EDITION = "2024.1"
REVIEW_IN_DAYS = 152
"""The next review of the Guidelines lies five months ahead."""


def is_empty(db: Session) -> bool:
    """Returns True when nobody is in the directory yet: the demo is loaded into an empty database
    only.
    """
    return db.scalar(select(Person.id).limit(1)) is None


def load_demo(db: Session, *, today: date, now: datetime, address: str) -> None:
    """Loads the whole demo, with dates relative to `today`. No letter is sent and no PDF drawn,
    because no fact has a listener here.
    """
    db.info.pop(REGISTRY, None)
    chance = Random(SEED)
    first = now - timedelta(days=900)
    before = replace(guidelines_course(), edition=EARLIER_EDITION, changes=())
    earlier = publish_edition(db, actor=SYSTEM, content=before, now=first)
    load_reference(db, now=now - timedelta(days=310))
    current = publish_edition(db, actor=SYSTEM, content=guidelines_course(), now=now)
    load_people(db, chance=chance, today=today)
    people = load_personas(db, today=today, now=now)
    load_history(db)
    load_cycle(db, chance=chance, today=today, now=now, people=people)
    load_agreements(db, today=today, now=now)
    load_followup(db, today=today, now=now)
    load_editions(db, today=today, now=now, people=people)
    load_agenda(db, today=today, now=now, people=people)
    load_invitations(db, today=today, now=now)
    load_aftermath(db, chance=Random(SEED), today=today, now=now, people=people)
    load_capacities(db, now=now)
    load_attendance(db, now=now)
    load_rule_book(db, today=today, now=now)
    editions = {earlier: first.date(), current: (now - timedelta(days=310)).date()}
    load_papers(db, today=today, now=now)
    load_training(db, chance=chance, today=today, now=now, editions=editions, address=address)
    load_learners(db, chance=Random(SEED), edition_id=current, now=now)
    load_answers(db, chance=Random(SEED), edition_id=current)
    load_short_courses(db, chance=Random(SEED), today=today, address=address)
    load_own_certificates(db, people=people, editions=editions, today=today, address=address)
    load_posts(db, today=today, now=now)
    load_name_erasure(db, now=now)
    load_exemption(db, people=people, chance=Random(SEED), today=today, now=now)
    load_refreshers(db, chance=Random(SEED), today=today, now=now)
    load_packages(db, now=now)
    load_recognised(db, people=people, today=today, now=now)
    load_sheets(db, people=people, now=now)
    load_national_pages(db, now=now)
    review_on = today + timedelta(days=REVIEW_IN_DAYS)
    set_review(db, actor=SYSTEM, slug=guidelines_course().slug, due_on=review_on, now=now)
    load_letters(db, now=now)
    load_handover(db, today=today, now=now)
    load_quarter(db, today=today)
    load_progress(db, today=today, now=now)
    load_certificates_of_events(db, now=now, address=address)
    load_certificates_to_decide(db, people=people, now=now)
    load_counts_only(db, today=today, now=now)
    load_offices(db, today=today, now=now)
    for step in SetupStep:
        mark_step(db, actor=SYSTEM, step=step, state=MarkState.DONE, now=now)
    dismiss_checklist(db, actor=SYSTEM, now=now)  # Laura has no deputy
    rebuild(db)
    mark_as_demo(db, now=now)
