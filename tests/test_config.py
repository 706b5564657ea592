"""What an environment may say, and that everything wrong with it is said at once."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import MINIMUM_SECRET_LENGTH, Settings, SettingsInvalid, read_settings

ROOT = Path(__file__).resolve().parents[1]
GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "s" * 32,
    "BASE_URL": "https://convoca.example.org",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("CONVOCA_DATA", str(tmp_path / "var"))


def given(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def problems(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    given(monkeypatch, **variables)
    with pytest.raises(SettingsInvalid) as refused:
        read_settings()
    first, *lines = str(refused.value).splitlines()
    assert first == "Convoca cannot start:"
    return [line.strip() for line in lines]


def test_nothing_needs_to_be_said_for_development(tmp_path: Path) -> None:
    settings = read_settings()
    assert settings.environment == "development"
    assert settings.database == f"sqlite:///{tmp_path / 'var' / 'convoca.sqlite3'}"
    assert settings.address == "http://127.0.0.1:8000"


def test_all_problems_are_reported_at_once_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = problems(
        monkeypatch,
        ENVIRONMENT="production",
        SECRET_KEY="short",
        BASE_URL="http://convoca.example.org",
        DEMO="yes",
        PORT="70000",
        JOBS="sometimes",
        DATABASE_URL="mysql://x",
        REDIS_URL="http://x",
        MAIL_FROM="nobody",
        SMTP_PORT="x",
    )
    assert {line.split(":")[0] for line in found} == {
        "SECRET_KEY",
        "BASE_URL",
        "DEMO",
        "PORT",
        "JOBS",
        "DATABASE_URL",
        "REDIS_URL",
        "MAIL_FROM",
        "SMTP_PORT",
    }
    assert len(found) == 9


def test_a_problem_does_not_repeat_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    found = problems(monkeypatch, **GOOD | {"SECRET_KEY": "hunter2"})
    assert found == [f"SECRET_KEY: needs at least {MINIMUM_SECRET_LENGTH} characters in production"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SECRET_KEY", "s" * 31, "needs at least 32 characters in production"),
        ("SECRET_KEY", "", "needs at least 32 characters in production"),
        (
            "SECRET_KEY_FALLBACKS",
            "an earlier key,of which one is too short",
            "needs at least 32 characters in each key in production",
        ),
        (
            "SECRET_KEY_FALLBACKS",
            GOOD["SECRET_KEY"],
            "lists SECRET_KEY itself: list the keys before it",
        ),
        ("CONTACT", "nobody", "must be one address without a name, such as office@example.org"),
        (
            "CONTACT",
            "Office <office@example.org>",
            "must be one address without a name, such as office@example.org",
        ),
        ("BASE_URL", "", "must be an https:// address in production"),
        ("BASE_URL", "http://convoca.example.org", "must be an https:// address in production"),
        (
            "BASE_URL",
            "https://",
            "must be an address like https://convoca.example.org, without a path",
        ),
        (
            "BASE_URL",
            "https://example.org/a",
            "must be an address like https://convoca.example.org, without a path",
        ),
        ("DEMO", "true", "cannot be on in production: it signs anyone in"),
    ],
)
def test_production_refuses_unsafe_settings(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    given(monkeypatch, **GOOD)
    assert read_settings().environment == "production"
    assert problems(monkeypatch, **{name: value}) == [f"{name}: {message}"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_one(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    given(monkeypatch, DATABASE_URL=f"{scheme}://u:p@host:5432/convoca?sslmode=require")
    assert read_settings().database == "postgresql+psycopg://u:p@host:5432/convoca?sslmode=require"


def test_a_relative_database_file_is_taken_from_where_the_process_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given(monkeypatch, DATABASE_URL="sqlite:///data/x.sqlite3")
    assert read_settings().database == f"sqlite:///{tmp_path}/data/x.sqlite3"


@pytest.mark.parametrize("written", ["first, second", '["first", "second"]'])
def test_earlier_keys_are_divided_by_commas_or_json(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    given(monkeypatch, SECRET_KEY_FALLBACKS=written)
    assert read_settings().secret_key_fallbacks == ("first", "second")
    given(monkeypatch, SECRET_KEY_FALLBACKS='["one, with a comma"]')
    assert read_settings().secret_key_fallbacks == ("one, with a comma",)
    for empty in ("", " , ", '[""]', "[]"):  # a key that everybody has would open everything
        given(monkeypatch, SECRET_KEY="s" * 32, SECRET_KEY_FALLBACKS=empty)
        assert read_settings().secret_key_fallbacks == (), empty


def test_the_secret_is_made_once_and_for_the_owner_only() -> None:
    settings = read_settings()
    secret = settings.secret
    file = settings.data / "secret.key"
    assert len(secret) >= MINIMUM_SECRET_LENGTH
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_settings().secret == secret
    assert [path.name for path in settings.data.iterdir()] == ["secret.key"]


def test_a_secret_that_another_process_wrote_meanwhile_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = read_settings()

    def slower(_length: int) -> str:
        (settings.data / "secret.key").write_text("the first one's")
        return "mine, too late"

    monkeypatch.setattr("config.secrets.token_urlsafe", slower)
    assert settings.secret == "the first one's"
    assert [path.name for path in settings.data.iterdir()] == ["secret.key"]


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    """Each waits for the starting shot, so that they all find no file; one text wins and none reads
    a torn one.
    """
    program = "import sys; from config import Settings; sys.stdin.read(); print(Settings().secret)"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            text=True,
            env={"CONVOCA_DATA": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.close()
    answers = []
    for process in processes:
        with process:
            assert process.stdout
            answers.append(process.stdout.read().strip())
    assert len(set(answers)) == 1
    assert len(answers[0]) >= MINIMUM_SECRET_LENGTH


def test_languages_are_read_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, LANGUAGES=" es, en ,fr,es")
    assert read_settings().languages == ("es", "en", "fr")


def test_languages_that_are_no_codes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, LANGUAGES="es;en")
    with pytest.raises(SettingsInvalid, match=r"LANGUAGES: must be codes of two letters"):
        read_settings()
