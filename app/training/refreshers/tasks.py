"""The daily job of refreshers."""

from datetime import timedelta

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.training.refreshers import queries, services
from app.training.refreshers.values import Rhythm


def rhythm() -> Rhythm:
    s = platform().settings
    return Rhythm(days=s.refresher_days, questions=s.refresher_questions)


def send_due() -> int:
    """Makes the refreshers that are due today; returns how many. Each person has a transaction of
    their own, so that a job that was killed goes on with the next. Letters follow from the facts.
    """
    settings = platform().settings
    today, made = clock.today(), 0
    with reading() as db:
        people = queries.due_people(db, on=today)
    for person_id in people:
        with transaction() as db:
            refresher_id = services.make_next(
                db, person_id=person_id, rhythm=rhythm(), today=today, now=clock.now()
            )
            made += refresher_id is not None
    with transaction() as db:
        before = clock.now() - timedelta(days=settings.keep_answers_days)
        services.let_go(db, before=before)
    return made
