"""The coming congress's tables, checklist and fund; last year's plan as it was approved, this
year's and the next as drafts: whoever tries the demo publishes under no plan until the presidency
approves one.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.demo.data import demo_data
from app.office.demo.services.cycle import COMING
from app.people.directory.models import WorkingGroup
from app.planning.cycles.services.editions import (
    add_item,
    add_source,
    save_table,
    set_edition_funding,
    tick_item,
)
from app.planning.cycles.services.plans import add_entry, approve_plan
from app.planning.events.models import Event, EventGroup, EventLink
from app.planning.events.values import EntryDraft, EventKind, LinkRole, TableDraft

A_YEAR = 24


def load_editions(db: Session, *, today: date, now: datetime, people: dict[str, int]) -> None:
    data = demo_data("editions")
    for position, table in enumerate(data["tables"], start=1):
        draft = TableDraft(
            theme=table["theme"],
            position=position,
            coordinator=table["coordinator"],
            moderator_id=people.get(table.get("moderator", "")),
            rapporteur_id=people.get(table.get("rapporteur", "")),
        )
        save_table(db, actor=SYSTEM, slug=COMING, draft=draft, now=now)
    for one in data["checklist"]:
        item = add_item(db, actor=SYSTEM, slug=COMING, words=one["words"], now=now)
        tick_item(db, actor=SYSTEM, slug=COMING, item_id=item, is_done=one["is_done"], now=now)
    fund = add_source(db, actor=SYSTEM, name=data["fund"], now=now)
    set_edition_funding(db, actor=SYSTEM, slug=COMING, sources=[fund], now=now)
    for year in (today.year - 1, today.year, today.year + 1):
        _plan(db, year, now=now)
    last, year = now.replace(year=now.year - 1, month=1, day=20), today.year - 1
    decision = data["decision"].format(year=year - 1)
    approve_plan(db, actor=SYSTEM, year=year, decision_ref=decision, now=last)


def _plan(db: Session, year: int, *, now: datetime) -> None:
    """An entry for each working group, one for the congress and one for the organs; what the demo
    holds stands under them.
    """
    titles = demo_data("editions")["plan"]
    groups = db.scalars(
        select(WorkingGroup)
        .where(WorkingGroup.kind == "working-group")
        .order_by(WorkingGroup.position)
    )
    for group in groups.all():
        title = LocalizedText(
            {code: text.format(group=group.name[code]) for code, text in titles["webinars"].items()}
        )
        draft = EntryDraft(title, group.slug, events_planned=A_YEAR)
        of_group = select(EventGroup.event_id).where(EventGroup.working_group_id == group.id)
        _put_under(
            db,
            year,
            add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now),
            Event.id.in_(of_group),
        )
    linked = select(EventLink.event_id).where(EventLink.role.in_(list(LinkRole)))
    draft = EntryDraft(titles["congress"], quarter=3, events_planned=3)
    _put_under(
        db, year, add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now), Event.id.in_(linked)
    )
    draft, organs = (
        EntryDraft(titles["governance"], quarter=4, events_planned=2),
        Event.kind == EventKind.GOVERNANCE,
    )
    _put_under(db, year, add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now), organs)


def _put_under(db: Session, year: int, entry_id: int, which: ColumnElement[bool]) -> None:
    """Events of the demo's own making; what the sources tell of earlier years rests on no plan that
    we know.
    """
    ours = or_(Event.source_url == "", Event.source_url.is_(None))
    held = update(Event).where(which, ours, Event.wall_starts.startswith(f"{year}-"))
    db.execute(held.values(plan_entry_id=entry_id).execution_options(synchronize_session=False))
