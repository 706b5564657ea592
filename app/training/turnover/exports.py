"""A country and the region to take along: two sentences to read aloud, the figures with their bounds
and their base, and the same as a workbook with what each means.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_skeleton

from app.infra.language import translate
from app.infra.sheets import Cell, SheetPage, workbook
from app.kernel.text import N_, Language, date_locale
from app.people.directory.values import SharedFigures
from app.training.turnover import wording
from app.training.turnover.queries.brief import CountryBrief, RegionBrief
from app.training.turnover.queries.figures import CountryReport
from app.training.turnover.queries.movement import CountryMovement
from app.training.turnover.rules import forecast, offices
from app.training.turnover.rules.separation import rate_bounds
from app.training.turnover.rules.survival import MIN_DEPARTURES
from app.training.turnover.values import (
    CountryCoverage,
    Coverage,
    Forecast,
    InstitutionState,
    Movement,
)

NOT_SHOWN = N_("not shown")
TOO_FEW = N_("too few to say")
NOT_REACHED = N_("not reached")
HELD, AHEAD = N_("With a valid certificate, in office"), N_("In %(month)s, if nobody is trained")
ACTS = {
    "newcomers": N_("Newcomers to enrol"),
    "lapsing": N_("Certificates to renew: they end within 90 days"),
    "not_certified": N_("In office without a certificate"),
    "certified_left": N_("Left within a year with a certificate: handover note"),
}
DECLARED = N_(
    "Of these, %(certified)s of %(serving)s are declared by countries that give no names."
)
HIDDEN = N_(
    "“Not shown”: a group of fewer than five people could be recognised, so the number stays inside "
    "the country."
)


@dataclass(frozen=True)
class BriefLine:
    """A figure: from `low` to `high`, of `base`; both None where it is not shown, or where `said`
    stands for it. `is_share`: a part of the base; `is_median`: of so many people. `hides_low` and
    `hides_high`: that end stays inside the country, and the other one is what the reader is told.
    """

    words: str
    low: float | None
    high: float | None = None
    base: float | None = None
    is_share: bool = False
    is_median: bool = False
    said: str = ""
    hides_low: bool = False
    hides_high: bool = False


def country_lead(brief: CountryBrief, language: Language) -> str:
    """Returns two sentences that can be read aloud: who is trained today, and what remains of it."""
    report = brief.report
    country, now, outlook = report.country.name.in_(language), report.coverage, report.forecast
    if now is None:
        return translate(
            language,
            "How many people of %(country)s hold a certificate is not shown: a group of fewer than "
            "five could be recognised.",
            country=country,
        )
    if not now.serving and report.gives_no_names:
        return translate(language, "%(country)s has not declared counts yet.", country=country)
    if not now.serving:
        return translate(language, "%(country)s has nobody on the list yet.", country=country)
    people, share = wording.coverage_texts(now, language)
    first = translate(
        language,
        "In %(country)s %(people)s of %(serving)s people in office hold a valid certificate today, "
        "%(share)s.",
        country=country,
        people=people,
        serving=now.serving,
        share=share,
    )
    if report.gives_no_names:
        words = wording.declared_words(now, language)
        return f"{first} " + translate(
            language,
            "These counts were %(declared)s: the country gives no names, so there is no range and no forecast.",
            declared=words,
        )
    if report.shared is not SharedFigures.ALL:
        return f"{first} " + translate(
            language,
            "Not shared: the country tells how many serve and are trained, and no more.",
        )
    if outlook is None:
        return f"{first} " + translate(
            language,
            "There is no forecast: too little is known, or it would show fewer than five people.",
        )
    return f"{first} " + translate(
        language,
        "If nobody is trained, it will be %(people)s in %(month)s; the floor is %(floor)s.",
        people=wording.range_text(
            str(round(outlook.certified.low)), str(round(outlook.certified.high)), language
        ),
        month=format_skeleton(
            "yMMMM", forecast.months_ahead(brief.on), locale=date_locale(language)
        ),
        floor=wording.joined_percent(outlook.floor),
    )


def region_lead(brief: RegionBrief, language: Language) -> str:
    """Returns two sentences that can be read aloud: the sum, and how many countries are below the
    floor.
    """
    shown, whole = brief.coverage.shown, brief.coverage.whole
    if not shown:
        return translate(language, "No country has figures that may be shown yet.")
    certified, share = wording.coverage_texts(whole, language)
    below = sum((one.share or 0) < forecast.FLOOR for one in shown)
    declared = [one for one in shown if one.declared_on]
    return " ".join(
        (
            translate(
                language,
                "In the region %(certified)s of %(serving)s people in office hold a valid "
                "certificate today, %(share)s.",
                certified=certified,
                serving=whole.serving,
                share=share,
            ),
            *(
                [
                    translate(
                        language,
                        DECLARED,
                        certified=sum(one.certified for one in declared),
                        serving=sum(one.serving for one in declared),
                    )
                ]
                if declared
                else []
            ),
            translate(
                language,
                "%(below)s of the %(shown)s countries that are shown are below the floor of "
                "%(floor)s.",
                below=below,
                shown=len(shown),
                floor=wording.joined_percent(forecast.FLOOR),
            ),
        )
    )


def country_figures(brief: CountryBrief, language: Language) -> list[BriefLine]:
    """Returns every figure of a country with its bounds and its base."""
    report, found = brief.report, brief.movement
    if found is None:
        return _coverage_lines(report, brief.on, language)
    return [
        *_coverage_lines(report, brief.on, language),
        *movement_figures(found.whole, language),
        *_post_lines(found, language),
    ]


def _coverage_lines(report: CountryReport, on: date, language: Language) -> list[BriefLine]:
    now, outlook = report.coverage, report.forecast
    held = translate(language, HELD)
    if now is None or not now.serving:
        return [BriefLine(held, None)] if now is None else []
    if now.declared_on:
        held = f"{held}, {wording.declared_words(now, language)}"
    lines = [
        BriefLine(
            held,
            now.certified if now.least is None else now.least,
            now.certified,
            now.serving,
            is_share=True,
            hides_low=now.least is None,
        )
    ]
    if now.recognised:
        words = translate(language, "With recognised training, counted apart")
        lines.append(BriefLine(words, now.recognised, None, now.serving, is_share=True))
    if outlook is not None:
        lines.append(_ahead_line(outlook, on, language))
    if now.unconfirmed is not None:
        words = translate(language, "Confirmed by nobody within 90 days")
        lines.append(BriefLine(words, now.unconfirmed, None, now.serving, is_share=True))
    return lines


def _ahead_line(outlook: Forecast, on: date, language: Language) -> BriefLine:
    month = wording.month_name(forecast.months_ahead(on), language)
    return BriefLine(
        translate(language, AHEAD, month=month),
        round(outlook.certified.low),
        round(outlook.certified.high),
        outlook.serving,
        is_share=True,
    )


def movement_figures(whole: Movement, language: Language) -> list[BriefLine]:
    """Returns the figures of who left and who came, and of how long the trained stay."""
    return [
        *_left_lines(whole, language),
        *_came_lines(whole, language),
        _stay_line(whole, language),
    ]


def _left_lines(whole: Movement, language: Language) -> list[BriefLine]:
    gone, lost = whole.separations, whole.leaked
    words = translate(language, "Left in two years, of those in office on average")
    lines = [BriefLine(words, None)]
    if gone is not None:
        mean = round(gone.mean_serving, 1)
        most = gone.leavers + (whole.doubted or 0)
        lines = [BriefLine(words, gone.leavers, most, mean, hides_high=whole.doubted is None)]
        lines += [
            BriefLine(translate(language, reason), count, None, gone.leavers, is_share=True)
            for reason, count in (
                (N_("Transfers"), gone.transfers),
                (N_("Left the service"), gone.exits),
                (N_("Reason unknown"), gone.unknown),
            )
        ]
        if gone.person_days:
            low, high = rate_bounds(gone)
            words = translate(language, "Leave in a year, of 100")
            lines.append(BriefLine(words, round(100 * low), round(100 * high)))
    words = translate(language, "Left with a certificate, of all ever certified in office")
    if lost is None:
        lines.append(BriefLine(words, None))
    elif lost.ever:
        most = lost.left + (whole.doubted_certified or 0)
        lines.append(
            BriefLine(
                words,
                lost.left,
                most,
                lost.ever,
                is_share=True,
                hides_high=whole.doubted_certified is None,
            )
        )
    return lines


def _came_lines(whole: Movement, language: Language) -> list[BriefLine]:
    came = whole.onboarding
    words = translate(language, "Days from the first day to the certificate, median of newcomers")
    if came is None:
        return [BriefLine(words, None)]
    if not came.followed:
        return []
    said = ""
    if came.followed < MIN_DEPARTURES:
        said = translate(language, TOO_FEW)
    elif came.median_days is None:
        said = translate(language, NOT_REACHED)
    lines = [
        BriefLine(
            words,
            None if said else came.median_days,
            None,
            came.followed,
            is_median=True,
            said=said,
        )
    ]
    if came.due:
        words = translate(language, "Certified within 90 days, of newcomers")
        lines.append(BriefLine(words, came.in_time, None, came.due, is_share=True))
    return lines


def _stay_line(whole: Movement, language: Language) -> BriefLine:
    kept = whole.retention
    words = translate(language, "Months until half of the trained have left")
    if kept is None:
        return BriefLine(words, None)
    if kept.departures < MIN_DEPARTURES:
        return BriefLine(words, None, None, kept.followed, said=translate(language, TOO_FEW))
    if kept.median_days is None:
        return BriefLine(words, None, None, kept.followed, said=translate(language, NOT_REACHED))
    months = round(kept.median_days / forecast.DAYS_A_MONTH)
    return BriefLine(words, months, None, kept.followed, is_median=True)


def _post_lines(found: CountryMovement, language: Language) -> list[BriefLine]:
    lines = []
    if found.posts is not None and found.posts.posts:
        words = translate(language, "Posts with somebody certified")
        lines.append(
            BriefLine(words, found.posts.certified, None, found.posts.posts, is_share=True)
        )
        words, vacant = translate(language, "Vacant posts"), found.posts.posts - found.posts.held
        lines.append(BriefLine(words, vacant, None, found.posts.posts, is_share=True))
    if found.offices is not None and found.offices.offices:
        for words, count in (
            (N_("Offices with somebody certified"), found.offices.with_one),
            (N_("Offices with two or more certified"), found.offices.with_two),
        ):
            said = translate(language, words)
            lines.append(BriefLine(said, count, None, found.offices.offices, is_share=True))
    return lines


def figure_words(line: BriefLine, language: Language) -> str:
    """Returns a figure in words: "16 to 21 of 41, 39 to 51 %", "at most 21 of 41, at most 51 %"."""
    if line.said:
        return line.said
    if line.low is None:
        return translate(language, NOT_SHOWN)
    high = line.low if line.high is None else line.high
    figure = wording.range_text(
        None if line.hides_low else _number(line.low, language),
        None if line.hides_high else _number(high, language),
        language,
    )
    if line.base is None:
        return figure
    if line.is_median:
        return translate(
            language, "%(figure)s, from %(people)s people", figure=figure, people=line.base
        )
    words = translate(
        language, "%(figure)s of %(base)s", figure=figure, base=_number(line.base, language)
    )
    if not line.is_share or not line.base:
        return words
    share = wording.share_range_text(
        None if line.hides_low else line.low / line.base,
        None if line.hides_high else high / line.base,
        language,
    )
    return f"{words}, {share}"


def acts_to_do(report: CountryReport, language: Language) -> list[tuple[str, int | None]]:
    """Returns what is worth doing, with how many people each concerns; None where it is not shown."""
    return [
        (translate(language, words), None if listed is None else listed.total)
        for name, words in ACTS.items()
        for listed in (report.lists.get(name),)
        if listed is None or listed.total
    ]


def sheet_of_country(
    brief: CountryBrief, *, language: Language, made_at: datetime, mark: str
) -> bytes:
    """Returns a country as XLSX; `mark` says on each page who took it along and when."""
    report = brief.report
    pages = [_figures_page(country_figures(brief, language), language)]
    if brief.movement is not None:
        acts = [
            (words, translate(language, NOT_SHOWN) if count is None else count)
            for words, count in acts_to_do(report, language)
        ]
        pages.append(_page(language, N_("What to do"), (N_("What"), N_("People")), acts, 60, 14))
    pages.append(_months_page(report.series, language))
    if report.institutions:
        pages.append(_offices_page(report.institutions, brief.on, language))
    if report.parts:
        rows = [
            (
                wording.mandate_part(part.mandate, language),
                part.coverage.certified,
                part.coverage.serving,
                _share(part.coverage.share),
            )
            for part in report.parts
        ]
        heading = (N_("Institutions of"), N_("Certified"), N_("Serving"), N_("Share"))
        pages.append(_page(language, N_("By institution"), heading, rows, 34, 12, 12))
    pages.append(_meanings_page(country_lead(brief, language), language))
    return workbook(pages, made_at=made_at, mark=mark)


def sheet_of_region(
    brief: RegionBrief, *, language: Language, made_at: datetime, mark: str
) -> bytes:
    """Returns the region as XLSX; `mark` says on each page who took it along and when."""
    left = {country.code: gone for country, gone in brief.movement.countries}
    hidden = translate(language, NOT_SHOWN)
    rows: list[tuple[Cell, ...]] = []
    for one in sorted(brief.coverage.countries, key=lambda each: each.name.in_(language)):
        now, gone = one.coverage, left.get(one.code)
        rows.append(
            (
                _named(one, language),
                *(
                    (hidden,) * 4
                    if now is None
                    else (
                        hidden if now.least is None else now.least,
                        now.certified,
                        now.serving,
                        _share(now.share),
                    )
                ),
                *((round(one.ahead.low), round(one.ahead.high)) if one.ahead else ("", "")),
                (hidden if gone is None else gone.leavers) if not one.gives_no_names else "",
            )
        )
    heading = (
        N_("Country"),
        N_("Certified, at least"),
        N_("Certified, at most"),
        N_("Serving"),
        N_("Share"),
        N_("In six months, at least"),
        N_("In six months, at most"),
        N_("Left in two years"),
    )
    pages = [
        _page(language, N_("Countries"), heading, rows, 24, 18, 18, 12, 10, 20, 20, 18),
        _figures_page(movement_figures(brief.movement.whole, language), language),
        _meanings_page(region_lead(brief, language), language),
    ]
    return workbook(pages, made_at=made_at, mark=mark)


def _named(country: CountryCoverage, language: Language) -> str:
    """Returns the name of a country, with the day of its counts where it declared them."""
    words = wording.declared_words(country.coverage, language)
    name = country.name.in_(language)
    return f"{name} ({words})" if words else name


def _figures_page(lines: Sequence[BriefLine], language: Language) -> SheetPage:
    heading = (N_("Figure"), N_("At least"), N_("At most"), N_("Of"))
    hidden = translate(language, NOT_SHOWN)
    rows: list[tuple[Cell, ...]] = []
    for line in lines:
        base = "" if line.base is None else line.base
        if line.low is None:
            rows.append((line.words, line.said or hidden, "", base))
        else:
            high = line.low if line.high is None else line.high
            rows.append(
                (
                    line.words,
                    hidden if line.hides_low else line.low,
                    hidden if line.hides_high else high,
                    base,
                )
            )
    return _page(language, N_("Figures"), heading, rows, 64, 14, 14, 14)


def _months_page(series: Sequence[Coverage | None], language: Language) -> SheetPage:
    heading = (N_("Day"), N_("Certified"), N_("Serving"), N_("Share"))
    rows = [
        (one.on, one.certified, one.serving, _share(one.share)) for one in series if one is not None
    ]
    return _page(language, N_("24 months"), heading, rows, 14, 14, 14, 10)


def _offices_page(states: Sequence[InstitutionState], on: date, language: Language) -> SheetPage:
    heading = (
        N_("Office"),
        N_("Deals with"),
        N_("At risk"),
        N_("Certified, at least"),
        N_("Certified, at most"),
        N_("Serving"),
        N_("In six months, at least"),
        N_("In six months, at most"),
        N_("Posts"),
        N_("Vacant posts"),
        N_("Last confirmed"),
        N_("Why"),
    )
    at_risk = {state.institution.id for state in offices.at_risk(states)}
    rows = [
        (
            state.institution.name.in_(language),
            wording.mandate_tag(state.institution.mandate, language),
            translate(language, N_("yes")) if state.institution.id in at_risk else "",
            state.coverage.sure,
            state.coverage.certified,
            state.coverage.serving,
            *state.ahead,
            state.posts,
            len(state.vacant),
            state.confirmed_on,
            " · ".join(office_reasons(state, on, language)),
        )
        for state in states
    ]
    return _page(
        language, N_("Offices"), heading, rows, 44, 14, 10, 16, 16, 10, 18, 18, 8, 14, 14, 90
    )


def office_reasons(state: InstitutionState, on: date, language: Language) -> list[str]:
    """Returns why an office is at risk, without the stars of what weighs."""
    return [
        wording.reason_words(reason, language)[1].replace("**", "")
        for reason in offices.reasons(state, on)
    ]


def _meanings_page(lead: str, language: Language) -> SheetPage:
    meanings = wording.meanings(language)
    titles = (
        ("coverage", HELD),
        ("outlook", N_("In six months")),
        ("left", N_("Who left in two years")),
        ("leaked", N_("Left with a certificate")),
        ("came", N_("Who came in two years")),
        ("stay", N_("How long the trained stay")),
    )
    rows = [
        ("", lead),
        *((translate(language, title), meanings[key]) for key, title in titles),
        ("", translate(language, HIDDEN)),
    ]
    return _page(
        language, N_("What the numbers mean"), (N_("Number"), N_("Meaning")), rows, 34, 110
    )


def _page(
    language: Language,
    title: str,
    heading: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *widths: int,
) -> SheetPage:
    return SheetPage(
        title=translate(language, title),
        heading=[translate(language, one) for one in heading],
        rows=rows,
        widths=widths,
    )


def _number(value: float, language: Language) -> str:
    return str(int(value)) if value == int(value) else wording.decimal(value, language)


def _share(share: float | None) -> Cell:
    return None if share is None else round(share, 3)
