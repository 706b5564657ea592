"""One door for writing, a guard at every door, and no net under our own mistakes."""

from flask import Blueprint, Flask

from app.web.guards import anyone, policy_of, requires
from tests.architecture import source
from tests.architecture.source import name_of, python_files

COMMITS = {"app/infra/database.py"}
RUN_WORK_FOR_OTHERS = {"app/infra/jobs.py", "app/infra/printing_process.py"}
READ_STRANGERS = {
    "app/infra/pdf_reading.py",
    "app/training/certificates/exports/seal.py",
    "app/training/certificates/exports/validation.py",
}
"""What others made may break whatever reads it: a certificate is issued all the same, a PDF refused."""
KNOW_HOW_FILES_BEGIN = {
    "app/kernel/first_bytes.py",
    "app/training/certificates/exports/archive/check.py",
    "app/training/certificates/exports/printing.py",
}
"""The second is handed out and runs without us; the third writes files."""
FIRST_BYTES = (r'b"PK\x03', r'b"%PDF', r'b"\x89PNG', r'b"\xff\xd8', r'b"\xd0\xcf')
SERVED_WITHOUT_POLICY = {"static"}


def unguarded(app: Flask) -> set[str]:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - SERVED_WITHOUT_POLICY
    return {endpoint for endpoint in endpoints if policy_of(app.view_functions[endpoint]) is None}


def test_every_route_declares_its_policy(app: Flask) -> None:
    assert len(list(app.url_map.iter_rules())) > 1
    assert unguarded(app) == set()


def test_a_route_without_a_policy_is_seen() -> None:
    app = Flask("trial")
    bp = Blueprint("trial", __name__)
    bp.add_url_rule("/open", "open", requires(anyone)(lambda: "open"))
    bp.add_url_rule("/forgotten", "forgotten", lambda: "forgotten")
    app.register_blueprint(bp)
    assert unguarded(app) == {"trial.forgotten"}


def test_only_the_database_module_commits() -> None:
    found = {
        name_of(path)
        for path in python_files("app")
        if source.commits(path.read_text(encoding="utf-8"))
    }
    assert found == COMMITS


def test_get_never_opens_a_transaction() -> None:
    found = {
        name_of(path): source.writes_on_get(path.read_text(encoding="utf-8"))
        for path in python_files("app")
    }
    assert {name: views for name, views in found.items() if views} == {}


def test_only_who_runs_work_for_others_or_reads_strangers_catches_everything() -> None:
    files = python_files("app", "tooling")
    found = {
        name_of(path)
        for path in files
        if source.catches_everything(path.read_text(encoding="utf-8"))
    }
    assert found == RUN_WORK_FOR_OTHERS | READ_STRANGERS


def test_how_files_begin_is_written_once() -> None:
    found = {
        name_of(path)
        for path in python_files("app")
        if any(begin in path.read_text(encoding="utf-8") for begin in FIRST_BYTES)
    }
    assert found == KNOW_HOW_FILES_BEGIN


def test_the_checks_see_what_they_look_for() -> None:
    assert source.commits("def f(db):\n    db.commit()\n") == ["line 2"]
    for clause in ("except:", "except Exception:", "except (ValueError, BaseException) as e:"):
        assert source.catches_everything(f"try:\n    f()\n{clause}\n    pass\n") == ["line 3"]
    assert source.catches_everything("with suppress(Exception):\n    f()\n") == ["line 1"]
    assert source.catches_everything("try:\n    f()\nexcept ValueError:\n    pass\n") == []
    assert (
        source.catches_everything("try:\n    f()\nexcept BaseException:\n    g()\n    raise\n")
        == []
    )
    body = "    with transaction() as db:\n        f(db)\n"
    both = "@bp.route('/', methods=['GET', 'POST'])\ndef page():\n"
    assert source.writes_on_get(f"@bp.get('/')\ndef page():\n{body}") == ["page"]
    assert source.writes_on_get(f"@bp.route('/')\ndef page():\n{body}") == ["page"]
    assert source.writes_on_get(f"@bp.post('/')\ndef page():\n{body}") == []
    assert source.writes_on_get(both + body) == ["page"]
    assert (
        source.writes_on_get(
            both + "    if request.method == 'POST':\n    " + body.replace("\n    ", "\n        ")
        )
        == []
    )
