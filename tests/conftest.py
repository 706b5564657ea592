"""Fixtures that every test may ask for.

- Databases: `database_url`, `settings`, `app`, `app_context`, `client`; `own_app` for a test that
  adds a route, a hook or a listener. Mark `both_databases` to run on both engines.
- Servers: `live_server`, the demo data behind a real waitress; one per worker, shared by its tests.
- Faults: `fault`, for tests marked so, says what came of one; see tests/support/faults.py.
- Clock: mark a test or its file `at(instant)`, and it is that time as long as it runs.
- Browser: `open_page(path, width=, lang=, javascript=)`, `axe(page)`, `browser`.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import time_machine

from tests.support import evidence, faults, order, patience, session

if TYPE_CHECKING:
    from flask import Flask
    from flask.ctx import AppContext
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, Page

    from config import Settings
    from tests.support.apps import Additions
    from tests.support.browser import Chromium, OpenPage
    from tests.support.server import LiveServer

WRITTEN_DATES = {"calendars", "events", "seasons"}
"""Packages of tests whose dates are written down: there the day is always the one on which those
were still to come.
"""
WRITTEN_ON = "2026-11-24T15:00+00:00"

# Machines of a build server are slow and uneven: a deadline would only measure them. There the same
# examples come in every run; more of them, and others each time, come on developers' machines.
hypothesis.settings.register_profile(
    "convoca",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=50 if "CI" in os.environ else 100,
    print_blob=True,
)
hypothesis.settings.load_profile("convoca")


_terminal: pytest.TerminalReporter | None = None


def is_main_process(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if is_main_process(config):
        session.begin(may_use_memory=True)
        evidence.forget_earlier()
    gc.set_threshold(50_000, 20, 50)  # with all modules loaded, the usual rate is costly


def pytest_sessionstart(session: pytest.Session) -> None:
    global _terminal  # noqa: PLW0603  # the hooks that report get no configuration
    if is_main_process(session.config) and getattr(session.config.option, "numprocesses", None):
        _terminal = session.config.pluginmanager.get_plugin("terminalreporter")


def pytest_report_header() -> list[str]:
    seed = os.environ.get(order.VARIABLE)
    return [f"{order.VARIABLE}={seed}"] if seed else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if is_main_process(session.config) and tries_faults(session.config):
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        assert reporter is not None
        if faults.missing(faults.told(reporter.stats.get("passed", ()))):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not tries_faults(config):
        return
    outcomes = list(faults.told(terminalreporter.stats.get("passed", ())))
    terminalreporter.section("faults")
    for line in faults.table(outcomes):
        terminalreporter.write_line(line)
    for kind, engine in faults.missing(outcomes):
        terminalreporter.write_line(f"NOT HELD: {kind} on {engine}", red=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if is_main_process(config) and session.VARIABLE in os.environ:
        from tests.support.databases import drop_template

        drop_template()
        session.end(session.folder())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker
        both = marked("both_databases") or (tries_faults(metafunc.config) and marked("fault"))
        metafunc.parametrize(
            "database_url", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True
        )


def tries_faults(config: pytest.Config) -> bool:
    """Returns True under `./run test faults`: all tests of faults then run, on both databases."""
    return bool(config.getoption("markexpr") == "fault")


def is_left_out(item: pytest.Item, config: pytest.Config) -> bool:
    marker = item.get_closest_marker("fault")
    return marker is not None and bool(marker.kwargs.get("long")) and not tries_faults(config)


def missing_linux(item: pytest.Item) -> str:
    """Returns why a test that needs Linux is skipped on this machine; "" when it is not."""
    marker = item.get_closest_marker("linux")
    return "" if marker is None or sys.platform == "linux" else f"needs Linux: {marker.args[0]}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever drives a browser is marked so without being told: `-m "not browser"` leaves the slow
    ones out.

    It is tried a second time only when the browser itself has gone, which no page of ours brings
    about.
    """
    from tests.support.browser import GONE

    if long := [item for item in items if is_left_out(item, config)]:
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)
    for item in items:
        if reason := missing_linux(item):
            item.add_marker(pytest.mark.skip(reason=reason))
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=GONE))
    if not is_main_process(config):
        workers = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        items[:] = order.longest_first(items, lambda item: item.nodeid, workers=workers)
    if seed := os.environ.get(order.VARIABLE):
        items[:] = order.shuffled(items, seed, lambda item: item.nodeid)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    """Modules are loaded, and next to nothing of what they make ever becomes garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    gc.freeze()  # modules and tests stay to the end; the little that does not costs less than a search


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Before pytest-timeout asks how long this test may take."""
    if item.get_closest_marker("timeout") is None:
        item.add_marker(pytest.mark.timeout(patience.scaled(float(item.config.getini("timeout")))))
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Where several workers share a run, a failure is printed when it happens, not minutes
    later.
    """
    if report.failed and _terminal is not None:
        _terminal.write_line(f"\nFAILED {report.nodeid} ({report.when})", red=True)
        _terminal.write_line(report.longreprtext)
        for title, text in report.sections:
            if title == evidence.SECTION:
                _terminal.write_line(text)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keeps what a failed browser test leaves.

    On the build server a skipped test is a failure: nobody reads the list of skips there.
    """
    report: pytest.TestReport = yield  # type: ignore[assignment]  # pluggy sends the result in
    if report.failed and "browser" in getattr(item, "fixturenames", ()):
        evidence.keep(item.nodeid, report, getattr(item, "funcargs", {}).get("tmp_path"))
    is_skipped = report.skipped and not hasattr(report, "wasxfail")
    if "CI" in os.environ and is_skipped and not missing_linux(item):
        report.outcome = "failed"
        report.longrepr = f"Skipped where CI is set: {report.longrepr}"
    return report  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """A whole file that skips itself would take its browser tests along unseen."""
    report: pytest.CollectReport = yield  # type: ignore[assignment]  # pluggy sends the result in
    if "CI" in os.environ and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skipped where CI is set: {report.longrepr}"
    return report  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def _clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Sets the day of tests marked `at` and of those with written dates. A browser has a clock of
    its own: beside one the time goes on as it is.
    """
    marker = request.node.get_closest_marker("at")
    if marker and "open_page" not in request.fixturenames:
        with time_machine.travel(marker.args[0], tick=False):
            yield
    elif request.path.parent.name in WRITTEN_DATES:
        with time_machine.travel(WRITTEN_ON):
            yield
    else:
        yield


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database of this test only: SQLite, or each engine in turn
    when marked.

    Its folder is `tmp_path / "var"`. The address is the same for every test of a worker, see
    `apps.lent`.
    """
    from tests.support import apps, databases

    data = apps.empty_folder(request.param, tmp_path / "var")
    if request.param == "postgresql":
        with databases.postgresql_copy("app") as url:
            yield url
    else:
        yield databases.sqlite_copy(databases.migrated_sqlite(), data / "convoca.sqlite3")


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> faults.Tell:
    """`fault(lost=, doubled=, page=)` says what came of the fault that the test is marked with."""
    [marker] = request.node.iter_markers("fault")
    engine = request.node.callspec.params["database_url"]
    return faults.teller(marker.args[0], engine, request.node.user_properties)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> "Settings":
    """Settings for `database_url`: background jobs off (ask the app's jobs to drain), mail into the
    data folder.
    """
    from tests.support.databases import usual_settings

    return usual_settings(database_url, (tmp_path / "var").resolve())


@pytest.fixture
def app(settings: "Settings") -> Iterator["Flask"]:
    """The whole application on `database_url`. No context is pushed: use `app_context` or your own
    `with`.
    """
    from tests.support import apps

    with apps.lent(settings) as flask_app:
        yield from _watched(flask_app)


@pytest.fixture
def additions() -> "Additions | None":
    """What the tests of a file add to `own_app`, once for all of them; a file overrides it."""
    return None


@pytest.fixture
def own_app(settings: "Settings", additions: "Additions | None") -> Iterator["Flask"]:
    """As `app`, but of this test or, with `additions`, of this file alone, which may add to it:
    routes, hooks, listeners.
    """
    from tests.support import apps
    from tests.support.lifetime import close_app

    if additions is not None:
        with apps.lent(settings, additions) as flask_app:
            yield from _watched(flask_app)
        return
    flask_app = apps.made(settings)
    yield from _watched(flask_app)
    close_app(flask_app)


def _watched(flask_app: "Flask") -> Iterator["Flask"]:
    from app.infra.platform import platform
    from tests.support.described import watched

    platform(flask_app).holds_demo = False  # a server has asked before it serves
    with watched(flask_app):
        yield flask_app


@pytest.fixture
def app_context(app: "Flask") -> Iterator["AppContext"]:
    """For services and queries: `with transaction() as db:` works. Not beside `client`: requests
    would share g.
    """
    with app.app_context() as context:
        yield context


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    return app.test_client()


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["LiveServer"]:
    """`.url` of a real server with the demo data, `.app`, `.drain()`. What a test changes stays for
    the next one.
    """
    import shutil

    from tests.support import databases
    from tests.support.server import serving

    data = tmp_path_factory.mktemp("live")
    template = databases.demo_sqlite()
    if databases.demo_data().exists():
        shutil.copytree(databases.demo_data(), data, dirs_exist_ok=True)
    url = databases.sqlite_copy(template, data / "convoca.sqlite3")
    with serving(url, data, demo=True) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator["Chromium"]:
    """Debian's Chromium. Where there is none the test is skipped, or fails when CI is set."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import Chromium, executable

    path = executable()
    if path is None:
        pytest.skip("no Chromium on the PATH: ./run test installs it on Debian")
    with sync_playwright() as playwright:
        one = Chromium(playwright, path)
        yield one
        one.close()


@pytest.fixture
def browser(chromium: "Chromium") -> Iterator["Browser"]:
    """The run's browser, started afresh when it has gone; killed when it keeps the test waiting for
    too long.
    """
    with chromium.watched():
        yield chromium.browser()


@pytest.fixture
def open_page(browser: "Browser", live_server: "LiveServer") -> Iterator["OpenPage"]:
    """`open_page("/path", width=1360 or 390, lang="es" or "en", javascript=True)` gives a
    Playwright page.

    Each call has a profile of its own; `context=page.context` opens another page of the same
    visitor. At the end the test fails if a script failed, the content policy blocked something, a
    page asked another machine, or a 5xx came.
    """
    from tests.support.browser import Pages

    pages = Pages(browser, live_server.url)
    yield pages.open
    pages.close()


@pytest.fixture
def axe() -> Callable[["Page"], None]:
    """`axe(page)` fails with a readable list unless axe finds nothing at all. The page needs
    JavaScript on.
    """
    from tests.support.browser import assert_accessible

    return assert_accessible
