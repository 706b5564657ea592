"""A name, an address and an institution that stand nowhere else, one of each country: who ever
reads which of them.

Whoever leaks another country's people in whatever page, file, feed, problem or letter carries one
out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.participation.registrations.models import Invitation, Registration
from app.participation.registrations.services.registering import register
from app.participation.registrations.values import CONSENT_VERSION
from app.planning.arranging.services.planning import cancel_event
from tests.security import canaries
from tests.security.canaries import BY_CODE, CODES, SPEAKER, WITHHELD, mark
from tests.security.crawl import (
    COUNTRIES,
    Guard,
    Page,
    addresses,
    crawl,
    objects_in,
    pages_walked,
)
from tests.security.matrix import ANONYMOUS, TRUTH
from tests.security.world import Objects, built, certificates_of_canaries, copied
from tests.support.actors import actor_of, sign_in

OF_AN_EVENT = {
    "attendance.attendance",
    "events.cancel",
    "registrations.registrations",
    "writing.new_event_letter",
    "yearly.year",
}
"""Pages that name who was at events and who was missing, to those who plan them."""
OF_THE_OFFICE = {
    "access.access_request",
    "access.accounts",
    "access.person",
    "certificates.certificate_pdf",
    "certificates.ending_certificates",
    "certificates.office_register",
    "institutions.institution",
    "institutions.institutions",
}
"""Accounts, records, certificates and institutions of the region, for the secretariat alone."""
OFFERS_INSTITUTIONS = {
    "events.brief",
    "agreements.new",
    "agreements.edit",
    "history.imported",
    "plans.activity",
    "plans.members",
    "plans.new_activity",
    "invitations.new_invitation",
    "who_is_who.country",
}
"""Pages whose lists name the region's institutions, which are no persons."""
OFFICES = {
    "turnover.country",
    "offices.offices",
    "offices.institution",
    "offices.posts",
    "offices.courses",
}
"""Pages that name the institutions and the posts of a country to the secretariat, and no person."""
SPEAKER_PAGES = {
    "events.event",
    "events_api.read_event",
    "events_api.list_events",
    "events.translations",
}


@dataclass(frozen=True)
class Planted:
    file: Path
    usual: Objects
    certificates: dict[str, str]


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted(*built(), certificates_of_canaries())


MORE_DRAWN = 1
"""How many PDFs and pictures of a kind a reader asks for beside the usual one. Their words are
compressed, so that no canary is seen in them here, and drawing one takes as long as many pages.
"""
DRAWN = (".pdf", ".webp", ".png")
DEAR_PDFS = {"learning.pack_pdf"}
"""Of these, which take a second each, the usual one is enough: `learning.pack` is their page."""
MORE_REFUSED = 1
"""How many objects of a kind beside the usual one are asked about on each page that is closed to
the reader: the answer is a refusal, in which the object does not occur. None where the route's
policy turns the reader away: it is asked before the object is looked up, whichever it is.
"""
OF_A_COURSE, MORE_OF_A_COURSE = {"module_slug", "unit_code", "screen"}, 2
"""Parts of courses, which hold what their authors wrote and the reader's own state: each page is
read of two modules and units, which differ from page to page and from reader to reader.
"""
PLANNERS = ("organizer", "presidency", "convenor-labour")
READERS = (*PLANNERS, "focal-point-hn", "official-hn", ANONYMOUS)
MORE_READS = 4
"""How many objects of a kind beside the usual one, which differ from route to route and from
planner to planner, each planner is shown: they open the same pages, and together they open them of
a dozen. Countries are such objects too, of which there are thirteen with two that are none.
"""
ITS_OWN_COUNTRY = {"focal-point-hn"}
"""Who may read of one country what is closed of others, and so is asked about each of them."""


def _without_most_drawn(wanted: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    met = Counter[str]()
    for endpoint, path in wanted:
        met[endpoint] += 1
        most = 0 if endpoint in DEAR_PDFS else MORE_DRAWN
        if not path.endswith(DRAWN) or met[endpoint] <= most:
            yield endpoint, path


def pages_of(planted: Planted, app: Flask, who: str) -> list[Page]:
    """What the reader walked through at its usual address, and then with other objects. Writes are
    the matrix's, which looks for canaries in their answers.
    """
    known = objects_in(app, certificates=planted.certificates.values())
    guard = Guard(app, who)

    def most_of(endpoint: str, kind: str) -> int:
        if kind in OF_A_COURSE:
            return MORE_OF_A_COURSE
        if who in PLANNERS:
            return MORE_READS
        is_asked_of_all = who in ITS_OWN_COUNTRY and kind in COUNTRIES
        return 0 if who in TRUTH[endpoint] or is_asked_of_all else MORE_REFUSED

    turn = READERS.index(who)
    walked = pages_walked(app, who, planted.usual)
    paths = {page.path for page in walked}
    others = [
        (endpoint, path)
        for endpoint, path in addresses(app, known, planted.usual, most_of=most_of, turn=turn)
        if path not in paths and guard.lets_in(endpoint)
    ]
    return [*walked, *crawl(app, who, _without_most_drawn(others))]


def seen(page: Page, codes: list[str]) -> set[str]:
    """The countries whose canary sits in the page, beyond what its kind of page may name."""
    text = page.text
    if page.endpoint in OFFERS_INSTITUTIONS | OFFICES:
        text = re.sub("kxq[a-z]{2}wvz instituto", "", text)
    if page.endpoint in OFFICES:
        text = re.sub(r"kxq[a-z]{2}wvz[ +]puesto", "", text)
    return canaries.seen(page.endpoint, text, codes)


def test_r50_a_focal_point_meets_her_own_country_and_no_other(
    planted: Planted, tmp_path: Path
) -> None:
    foreign = [code for code in CODES if code != "HN"]
    with copied(planted.file, tmp_path) as app:
        pages = pages_of(planted, app, "focal-point-hn")
    leaks = [f"{page.path}: {sorted(found)}" for page in pages if (found := seen(page, foreign))]
    assert not leaks, "\n".join(leaks)
    names_withheld = {page.endpoint for page in pages if WITHHELD in page.text}
    assert names_withheld >= {"directory.roster", "certificates.country_certificates"}
    where = {page.endpoint for page in pages if seen(page, ["HN"])}
    assert where >= {
        "directory.roster",
        "attendance.attendance",
        "certificates.country_certificates",
    }
    assert [page.endpoint for page in pages if _tells_code(page, planted, foreign)] == []


def _that_name_withheld(pages: list[Page]) -> list[str]:
    return [page.path for page in pages if WITHHELD in page.text]


def _tells_code(page: Page, planted: Planted, codes: list[str]) -> bool:
    return canaries.tells_code(page.path, page.text, planted.certificates, codes)


@pytest.mark.parametrize("who", ["official-hn", ANONYMOUS])
def test_r50_officials_and_visitors_meet_nobody(who: str, planted: Planted, tmp_path: Path) -> None:
    with copied(planted.file, tmp_path) as app:
        pages = pages_of(planted, app, who)
    leaks = [f"{page.path}: {sorted(found)}" for page in pages if (found := seen(page, CODES))]
    assert not leaks, "\n".join(leaks)
    assert _that_name_withheld(pages) == []
    assert [page.path for page in pages if _tells_code(page, planted, CODES)] == []
    by_code = [
        page
        for page in pages
        if page.endpoint in BY_CODE
        and page.status == 200
        and page.path.rpartition("/")[2] in planted.certificates.values()
    ]
    assert len(by_code) == 3 * len(CODES), "the page at both of its addresses, and the API"
    assert all(sum(mark(code) in page.text for code in CODES) == 1 for page in by_code)
    assert _names_speakers_rightly(who, [page for page in pages if SPEAKER in page.text])


def _names_speakers_rightly(who: str, pages: list[Page]) -> bool:
    """A speaker is named on the event to whoever has signed in, with no address; to nobody else."""
    found = {page.endpoint for page in pages}
    if who == ANONYMOUS:
        return not found
    is_reachable = any(f"{SPEAKER}.mail" in page.text for page in pages)
    return "events_api.read_event" in found and found <= SPEAKER_PAGES and not is_reachable


@pytest.mark.parametrize("who", PLANNERS)
def test_r50_planners_meet_people_of_their_events_and_no_roster(
    who: str, planted: Planted, tmp_path: Path
) -> None:
    with copied(planted.file, tmp_path) as app:
        pages = pages_of(planted, app, who)
    leaks = [
        f"{p.path}: {found}"
        for p in pages
        if p.endpoint not in OF_AN_EVENT | (OF_THE_OFFICE if who == "organizer" else set())
        and (found := seen(p, CODES))
    ]
    assert not leaks, "\n".join(leaks)
    assert _that_name_withheld(pages) == []
    sheets = [page for page in pages if page.endpoint in OF_AN_EVENT and page.status == 200]
    assert any(seen(page, CODES) == set(CODES) for page in sheets)
    assert not any(
        mark(code) + ending in page.text
        for page in sheets
        for code in CODES
        for ending in (".mail", " instituto")
    )


def test_a_letter_holds_its_reader_and_nobody_else(planted: Planted, tmp_path: Path) -> None:
    """Everybody has a certificate, registers for one more webinar, and hears of its end."""
    with copied(planted.file, tmp_path) as app:
        actors = [actor_of(app, f"{mark(code)}.mail@example.org") for code in CODES]
        organizer, event = actor_of(app, "organizer"), UUID(planted.usual["event_id"])
        with app.app_context():
            _forget(event)
            for actor in actors:
                with transaction() as db:
                    register(
                        db,
                        actor=actor,
                        event_id=event,
                        consent_version=CONSENT_VERSION,
                        now=clock.now(),
                    )
            platform(app).jobs.drain()
            with transaction() as db:
                cancel_event(db, actor=organizer, event_id=event, now=clock.now())
            platform(app).jobs.drain()
            with reading() as db:
                letters = [
                    (m.recipient, f"{m.subject} {m.body}".casefold())
                    for m in db.scalars(select(Message))
                ]
    mine = {
        code: [text for to, text in letters if to == f"{mark(code)}.mail@example.org"]
        for code in CODES
    }
    assert {code: len(texts) for code, texts in mine.items()} == dict.fromkeys(CODES, 3)
    for to, text in letters:
        assert [code for code in CODES if mark(code) in text and mark(code) not in to] == []
        assert WITHHELD not in text or WITHHELD in to


def _forget(event: UUID) -> None:
    """Nobody is registered, and the event invites nobody in particular."""
    with transaction() as db:
        db.execute(
            update(Invitation).where(Invitation.event_id == event).values(revoked_at=clock.now())
        )
        for row in db.scalars(select(Registration).where(Registration.event_id == event)):
            db.delete(row)


def test_the_finder_of_people_tells_no_address_and_no_institution(
    planted: Planted, tmp_path: Path
) -> None:
    """Whoever plans may name a speaker of any country, and finds a name for it: never how to reach
    the person.
    """
    with copied(planted.file, tmp_path) as app:
        client = app.test_client()
        sign_in(client, "organizer")
        text = (
            client.post("/events/plan/people", data={"people_words": mark("GT")})
            .get_data(as_text=True)
            .casefold()
        )
        withheld = client.post("/events/plan/people", data={"people_words": WITHHELD})
        found = client.get(f"/search?q={WITHHELD}")
        sign_in(client, "focal-point-hn")
        refused = client.post("/events/plan/people", data={"people_words": mark("GT")})
    assert f"{mark('gt')} persona" in text
    assert f"{mark('gt')}.mail" not in text
    assert f"{mark('gt')} instituto" not in text
    assert f"{WITHHELD} persona" not in withheld.get_data(as_text=True).casefold()
    assert f"{WITHHELD} persona" not in found.get_data(as_text=True).casefold()
    assert refused.status_code == 403
    assert f"{mark('gt')} persona" not in refused.get_data(as_text=True).casefold()
