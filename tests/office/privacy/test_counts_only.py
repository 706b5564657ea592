"""R65: a country that gives no names. Honduras turns it on at the screen; whom its focal point wrote
down is then in no byte of the server, and nobody of the country is named to the focal point.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.office.privacy.queries import names_of_country
from app.people.directory.models import Appointment, HeldNewcomer, Institution, Person, Post
from app.people.directory.rules.people import GivesNoNames
from app.people.directory.services.roster import start_for_secretariat
from app.people.directory.values import Newcomer
from app.people.identity.models import Account
from app.people.identity.values import Confirmation
from app.training.certificates.models import Certificate
from app.training.learning.models import Course, CourseEdition
from app.training.learning.values import GUIDELINES
from app.training.turnover.rules.declared import hashed_codes
from tests.security.canaries import mark
from tests.security.crawl import Guard, addresses, crawl
from tests.security.world import built, certificates_of_canaries, copied, copy_in
from tests.support.actors import actor_of, bearer, csrf_token, sign_in

NAMES, DECLARATION = "/countries/HN/names", "/countries/HN/declaration"
CANARY = f"{mark('HN')} persona"
OF_NOBODY = (
    "/courses",
    "/packages",
    "/guidelines",
    "/help",
    "/how-to",
    "/v/",
    "/verify",
    "/api/v1/cert",
)
"""What is learnt, and what whoever holds a code may read: the same for everybody who opens it."""
LETTER = "Juana Kxqletterwvz"


class World:
    """Honduras after it gave up its names. `going` and `staying` are names by person."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, copy_in(folder).parent.resolve()
        self.client = app.test_client()
        sign_in(self.client, "focal-point-hn")
        with app.app_context(), transaction() as db:
            canary = db.scalars(select(Account).where(Account.email.contains(mark("HN")))).one()
            canary.confirmation = Confirmation.ASKED  # written down, and never came in
            focal = actor_of(app, "focal-point-gt").person_id
            db.add(
                Message(
                    dedupe="a digest",
                    person_id=focal,
                    recipient="focal-point-gt@example.org",
                    language="es",
                    subject="Lista",
                    body=f"Vence el certificado de {mark('HN').title()} Persona.",
                    created_at=clock.now(),
                )
            )
            db.add(
                HeldNewcomer(
                    country_code="HN",
                    full_name=LETTER,
                    email="kxqletterwvz@example.org",
                    institution_id=db.scalars(
                        select(Institution.id).where(Institution.country_code == "HN")
                    ).first(),
                    post_title="Cónsul",
                    valid_from=clock.today(),
                    asked_at=clock.now(),
                )
            )
        with app.app_context(), reading() as db:
            self.stake = names_of_country(db, "HN", clock.today())
            named = dict(
                db.execute(
                    select(Person.id, Person.full_name).where(
                        Person.id.in_(self.stake.going | self.stake.staying)
                    )
                ).all()
            )
            emails = dict(
                db.execute(
                    select(Person.id, Person.email).where(
                        Person.id.in_(self.stake.going), Person.email != ""
                    )
                ).all()
            )
        self.going = {number: named[number] for number in self.stake.going}
        self.staying = {number: named[number] for number in self.stake.staying}
        self.emails = set(emails.values())
        self.words_before = self.bytes_that_hold(f"{mark('HN').title()} Persona")
        self.look = self.client.get(f"{NAMES}?lang=en").text
        token = {"csrf_token": csrf_token(self.client)}
        self.slip = self.client.post(NAMES, data={**token, "word": "Guatemala"})
        self.answer = self.client.post(NAMES, data={**token, "word": " hondúras "})
        with app.app_context():
            platform(app).jobs.drain()  # drawn certificates go after the names

    def bytes_that_hold(self, *words: str) -> set[str]:
        """Returns the files of the server, the write-ahead log among them, in which a word stands."""
        found = set()
        for path in self.folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                found |= {f"{path.name}: {word}" for word in words if word.encode() in content}
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("counts-only")
    with copied(built()[0], folder) as app:
        yield World(app, folder)


def test_r65_what_goes_is_shown_and_the_country_is_typed_first(world: World) -> None:
    assert f"addresses of {len(world.going)} people are erased" in world.look
    assert world.stake.certificates > 0
    assert f"{world.stake.certificates} certificates stay valid" in world.look
    assert f"{world.stake.appointments} lines of the list" in world.look
    assert world.slip.status_code == 422
    assert world.words_before, "the canary stood in the database"
    assert (world.answer.status_code, world.answer.headers["Location"]) == (303, "/countries/HN")


def test_r65_no_name_of_the_country_is_in_any_byte_of_the_server(world: World) -> None:
    assert len(world.going) > 20
    homonyms = set()
    with world.app.app_context(), reading() as db:
        for name in set(world.going.values()):
            if db.scalar(select(Person.id).where(Person.full_name == name)):
                homonyms.add(name)  # somebody of another country is called alike
        roster = select(func.count(Appointment.id)).join(Post).join(Institution)
        assert db.scalar(roster.where(Institution.country_code == "HN")) == 0
    assert len(homonyms) < len(world.going) / 2
    names = {name for name in world.going.values() if name not in homonyms}
    assert world.bytes_that_hold(*names, *world.emails, LETTER, "kxqletterwvz") == set()


def test_r65_certificates_stay_and_are_proved_by_typing_the_name(world: World) -> None:
    code = certificates_of_canaries()["HN"]
    visitor = world.app.test_client()
    page = visitor.get(f"/verify/{code}?lang=es").text
    assert "Vigente" in page
    assert "Kxqhnwvz Persona" not in page
    typed = {"csrf_token": csrf_token(visitor), "name": "Kxqhnwvz Persona"}
    assert "Coincide." in visitor.post(f"/verify/{code}/name?lang=es", data=typed).text


def test_r65_the_focal_point_meets_nobody_by_name(world: World) -> None:
    """Whoever stays has an account of their own: their name is theirs, and not the focal point's to
    read. Names that partners of every country read as well are no matter of the roster.
    """
    own = actor_of(world.app, "focal-point-hn").name
    public = {
        "who_is_who.people",
        "who_is_who.country",
        "who_is_who.addressees",
        "handover.delegations",
        "handover.designation",
    }
    guard = Guard(world.app, "focal-point-hn")
    pages = crawl(
        world.app,
        "focal-point-hn",
        [
            (endpoint, path)
            for endpoint, path in addresses(world.app, {}, built()[1])
            if guard.lets_in(endpoint) and not path.startswith(OF_NOBODY)
        ],
    )
    names = {name for name in world.staying.values() if name != own} | {CANARY}
    leaks = {
        f"{page.endpoint} {page.path}: {name}"
        for page in pages
        if page.endpoint not in public
        for name in names
        if name.casefold() in page.text.casefold()
    }
    assert not leaks, "\n".join(sorted(leaks))


def test_r65_nobody_is_written_down_for_the_country(world: World) -> None:
    organizer = actor_of(world.app, "organizer")
    with world.app.app_context(), transaction() as db:
        place = db.scalars(select(Institution.id).where(Institution.country_code == "HN")).first()
        assert place is not None
        newcomer = Newcomer("Ana Nueva", "ana@example.org", place, "Cónsul", clock.today())
        with pytest.raises(GivesNoNames):
            start_for_secretariat(
                db,
                actor=organizer,
                country_code="HN",
                newcomer=newcomer,
                person_id=None,
                today=clock.today(),
                now=clock.now(),
            )
    for closed in (
        "/countries/HN/roster",
        "/countries/HN/officials/new",
        "/certificates/countries/HN",
    ):
        assert world.client.get(closed).status_code in (403, 404), closed
    for about_people in ("/countries/HN/roster", "/countries/HN/movement"):
        page = world.client.get(f"{about_people}?lang=en")
        assert page.status_code == 404
        assert "Honduras gives no names" in page.text
        assert f'href="{DECLARATION}"' in page.text, "the way on"


def test_r65_declared_counts_are_marked_wherever_they_are_shown(world: World) -> None:
    """Given Honduras without names, when its focal point declares counts, then its coverage stands
    marked as declared on the pages of the country and of the region, and in the API.
    """
    page = world.client.get(f"{DECLARATION}?lang=en").text
    numbers = [int(one) for one in re.findall(r'name="posts-(\d+)"', page)]
    assert len(numbers) > 2
    counts = {f"{what}-{one}": "0" for one in numbers for what in ("posts", "serving", "trained")}
    first, second = numbers[:2]
    counts |= {f"posts-{first}": "12", f"serving-{first}": "10", f"trained-{first}": "6"}
    counts |= {f"posts-{second}": "11", f"serving-{second}": "10", f"trained-{second}": "7"}
    token = {"csrf_token": csrf_token(world.client)}
    wrong = world.client.post(
        f"{DECLARATION}?lang=en",
        data={**token, **counts, f"serving-{first}": "13", f"trained-{second}": "many"},
    )
    assert wrong.status_code == 422
    assert "More serve than there are posts." in wrong.text
    assert 'value="many"' in wrong.text
    for _ in range(2):  # what is declared again on the same day takes the place of the first
        done = world.client.post(DECLARATION, data={**token, **counts})
        assert (done.status_code, done.headers["Location"]) == (303, "/countries/HN")
    organizer, guatemala = world.app.test_client(), world.app.test_client()
    sign_in(organizer, "organizer")
    sign_in(guatemala, "focal-point-gt")
    for reader in (world.client, organizer):
        shown = reader.get("/countries/HN?lang=en").text
        assert "of 20 people, 65" in shown
        assert "declared on" in shown
        assert "In six months" not in shown
    for reader in (world.client, organizer, guatemala):
        row = next(
            one
            for one in reader.get("/region?lang=en").text.split("<tr")
            if "Honduras" in one and "declared on" in one
        )
        assert "<b>13</b> of 20" in row
    for who in ("focal-point-hn", "organizer"):
        answer = world.app.test_client().get(
            "/api/v1/coverage?country=HN", headers=bearer(world.app, who)
        )
        told = answer.get_json()
        assert (told["serving"], told["certified"], told["share"]) == (20, 13, 0.65)
        assert told["declared_on"] == clock.today().isoformat()
        assert told["low"] is None
    for closed in ("/countries/HN/forecast", "/countries/HN/offices", "/countries/HN/posts"):
        assert organizer.get(closed).status_code == 409, closed
    assert guatemala.get(DECLARATION).status_code == 404


def test_r65_codes_come_down_as_hashes_that_differ_each_time(world: World) -> None:
    one, other = (world.client.get(f"{DECLARATION}/codes.json").get_json() for _ in range(2))
    with world.app.app_context(), reading() as db:
        codes = {
            country: db.scalars(
                select(Certificate.code)
                .join(CourseEdition, CourseEdition.id == Certificate.course_edition_id)
                .join(Course, Course.id == CourseEdition.course_id)
                .where(Course.slug == GUIDELINES, Certificate.country_code == country)
            ).all()
            for country in ("HN", "GT")
        }
    assert one["hashes"]
    assert set(one["hashes"]) <= set(hashed_codes(codes["HN"], one["salt"]))
    assert not set(one["hashes"]) & set(hashed_codes(codes["GT"], one["salt"]))
    assert not set(one["hashes"]) & set(other["hashes"])
    assert not any(code in str(one) for code in codes["HN"])


def test_r65_giving_names_again_begins_with_an_empty_list(world: World) -> None:
    token = {"csrf_token": csrf_token(world.client)}
    world.client.post(f"{NAMES}/list", data=token)
    page = world.client.get("/countries/HN?lang=en").text
    assert "Nobody is on the list yet" in page
    assert world.client.get("/countries/HN/roster").status_code == 200
    with world.app.app_context(), reading() as db:
        told = db.scalars(
            select(JournalEntry.fact)
            .where(JournalEntry.subject_kind == "country", JournalEntry.subject_id == "HN")
            .order_by(JournalEntry.id)
        ).all()
    about = [one for one in told if one.startswith(("Names", "Counts"))]
    declared = ["CountsDeclared"] * (len(about) - 2)  # by the tests before, where they ran
    assert about == ["NamesGivenUp", *declared, "NamesTakenUp"]
