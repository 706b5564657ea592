"""A title that is one word of 150 letters wraps wherever it stands: no page scrolls sideways."""

from sqlalchemy import func, select, update

from app.infra.database import transaction
from app.kernel.text import LocalizedText
from app.planning.events.models import Event
from tests.journeys import steps
from tests.support.browser import OpenPage
from tests.support.server import LiveServer

WORD = "Interinstitucionalizacion" * 6
PAGES = (
    "/",
    "/programme",
    "/my-webinars",
    "/audit",
    "/handover",
    "/handover/presidency",
    "/events/translations",
    "/cases",
    "/agreements",
)


def test_a_word_of_150_letters_wraps_on_every_page(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    with live_server.app.app_context(), transaction() as db:
        count = db.scalar(select(func.count()).select_from(Event)) or 0
        db.execute(update(Event).values(title=LocalizedText(es=WORD)))
        an_event = db.scalars(select(Event.id).where(Event.status == "published").limit(1)).one()
    assert count > 0
    page = steps.enter(open_page, "organizer", **steps.PHONE_ES)
    faults = []
    for address in (*PAGES, f"/events/{an_event}", f"/events/{an_event}/edit"):
        answer = page.goto(f"{live_server.url}{address}")
        assert answer is not None
        assert answer.status == 200, address
        try:
            steps.assert_fits_desk_and_phone(page)
        except AssertionError as fault:
            faults.append(f"{address}: {str(fault)[:200]}")
    assert faults == []
