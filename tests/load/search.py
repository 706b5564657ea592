"""What a search costs among 20,000 documents (R76: less than 50 ms of CPU), on both engines.

PostgreSQL works in a process of its own: there the elapsed time says what its CPU took.
"""

from collections.abc import Iterator
from functools import partial
from random import Random
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.office.search.models import SearchDocument
from app.office.search.queries.finding import found
from app.office.search.values import INDEXED, HitKind
from tests.load import Figure
from tests.load._thousand import cost
from tests.load.scheduling import an_application

ENGINES = ("sqlite", "postgresql")
DOCUMENTS, TIMES, WORDS_EACH = 20_000, 30, 60
WORDS = (
    "consulado",
    "migracion",
    "mujeres",
    "frontera",
    "albergue",
    "trata",
    "refugio",
    "retorno",
    "plan",
    "acuerdo",
)
TYPED = ("con", "migracion muj", "acuerdo trata retorno")


def run() -> Iterator[Figure]:
    for engine in ENGINES:
        with an_application(engine) as app, app.app_context():
            with transaction() as db:
                fill(db)
            for typed in TYPED:
                about: dict[str, str | int] = {"database": engine, "documents": DOCUMENTS}
                yield from cost(f"search for “{typed}”", partial(search, typed), TIMES, **about)


def fill(db: Session) -> None:
    """Documents of every kind, of common words and of rare ones."""
    chance = Random(1)
    rows = []
    for number in range(DOCUMENTS):
        kind = INDEXED[number % len(INDEXED)]
        is_uuid = kind in (HitKind.EVENT, HitKind.MATERIAL)
        words = [chance.choice(WORDS) for _ in range(4)]
        body = [
            *chance.choices(WORDS, k=10),
            *(f"w{chance.randrange(9_999)}" for _ in range(WORDS_EACH)),
        ]
        rows.append(
            {
                "kind": kind.value,
                "subject": str(UUID(int=number)) if is_uuid else str(number),
                "title": " ".join(words),
                "body": " ".join(body),
            }
        )
    db.execute(insert(SearchDocument), rows)


def search(typed: str) -> None:
    with reading() as db:
        found(db, actor=SYSTEM, typed=typed, now=clock.now())
