"""Who has which place when seats follow the office: pure rules."""

from datetime import date, timedelta

from app.people.directory.values import Office, OfficeHolding
from app.planning.arranging.rules.seats import (
    SeatedPerson,
    holder_on,
    parse,
    seated,
    vacant,
    written,
)
from tests.planning.arranging.seats import ANA, BERTA, CARLA, HONDURAS, THE_DAY, TODAY


def holding(
    person: int, start: date, end: date | None = None, office: Office = HONDURAS, number: int = 0
) -> OfficeHolding:
    return OfficeHolding(number or person, office, person, start, end)


def test_seats_are_read_as_they_are_written() -> None:
    text = "delegate:labour-migration:HN delegate:protection:HN focal-point:HN"
    seats = parse(text)
    assert seats == (Office("HN"), Office("HN", "labour-migration"), Office("HN", "protection"))
    assert written(seats) == text
    assert (
        parse("")
        == parse("focal-point: delegate:HN delegate::HN speaker:HN focal-point:a:b delegate:a:b:c")
        == ()
    )


def test_who_holds_a_seat_on_a_day_is_the_latest_to_come() -> None:
    rows = [
        holding(BERTA, TODAY, THE_DAY),
        holding(CARLA, THE_DAY),
        holding(ANA, TODAY, None, Office("GT", "rcgm")),
    ]
    assert holder_on(HONDURAS, THE_DAY - timedelta(days=1), rows) == BERTA
    assert holder_on(HONDURAS, THE_DAY, rows) == CARLA
    assert holder_on(HONDURAS, TODAY - timedelta(days=1), rows) is None
    assert holder_on(HONDURAS, THE_DAY, [*rows, holding(BERTA, THE_DAY, number=9)]) == BERTA


def test_a_vacant_seat_stays_with_whoever_had_it() -> None:
    places = (SeatedPerson(BERTA, "delegate", (HONDURAS,)),)
    ended = [holding(BERTA, TODAY, THE_DAY)]
    assert seated(places, THE_DAY, ended) == places
    assert vacant(places, THE_DAY, ended) == places
    assert vacant(places, TODAY, ended) == ()


def test_nobody_is_there_twice() -> None:
    focal = Office("HN")
    both = [holding(CARLA, TODAY), holding(CARLA, TODAY, None, focal, 8)]
    two = (SeatedPerson(ANA, "delegate", (HONDURAS,)), SeatedPerson(BERTA, "host", (focal,)))
    assert seated(two, THE_DAY, both) == (SeatedPerson(CARLA, "delegate", (focal, HONDURAS)),)
    in_person = (SeatedPerson(BERTA, "delegate", (HONDURAS,)), SeatedPerson(CARLA, "speaker"))
    assert seated(in_person, THE_DAY, both) == (SeatedPerson(CARLA, "delegate"),)


def test_one_person_gives_up_one_of_two_seats() -> None:
    focal = Office("HN")
    places = (SeatedPerson(BERTA, "delegate", (focal, HONDURAS)), SeatedPerson(ANA, "speaker"))
    now = [holding(CARLA, TODAY), holding(BERTA, TODAY, None, focal)]
    expected = (
        SeatedPerson(ANA, "speaker"),
        SeatedPerson(BERTA, "delegate", (focal,)),
        SeatedPerson(CARLA, "delegate", (HONDURAS,)),
    )
    assert seated(places, THE_DAY, now) == expected
    assert seated(expected, THE_DAY, now) == expected
