"""`flask identity …`"""

import re

from flask import Flask

from tests.support.actors import account_id_of, an_account, sign_in


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    done = app.test_cli_runner().invoke(args=["identity", *words])
    return done.exit_code, done.stdout, done.stderr


def test_token_prints_a_bearer_token_and_nothing_else(app: Flask) -> None:
    account_id = account_id_of(app, "organizer")
    for who in ("organizer", "organizer@example.org"):
        code, out, _ = run(app, "token", who)
        assert code == 0
        assert re.fullmatch(r"convoca_[\w-]{43}\n", out)
        answer = app.test_client().get(
            "/api/v1/me", headers={"Authorization": f"Bearer {out.strip()}"}
        )
        assert answer.get_json()["account_id"] == account_id


def test_token_of_nobody_fails_with_a_sentence(app: Flask) -> None:
    code, out, err = run(app, "token", "nobody@example.org")
    assert (code, out) == (1, "")
    assert "nobody@example.org" in err


def test_the_first_organizer_of_an_installation(app: Flask) -> None:
    an_account(app, "seed@example.org")  # countries and groups are there
    code, out, _ = run(app, "create-account", "first@example.org")
    assert (code, out.strip().isdigit()) == (0, True)
    assert run(app, "grant", "first@example.org", "organizer")[0] == 0
    assert {g.role.value for g in sign_in(app.test_client(), "first@example.org").grants} == {
        "organizer"
    }
    code, out, _ = run(app, "link", "first@example.org")
    assert re.fullmatch(r"http://localhost/sign-in/link/[\w-]{43}\n", out)


def test_refusals_are_sentences(app: Flask) -> None:
    an_account(app, "a@example.org")
    for words, sentence in (
        (("create-account", "A@example.org"), "already an account"),
        (("create-account", "nonsense"), "Write an e-mail address"),
        (("grant", "a@example.org", "focal-point", "--scope", "XX"), "another scope"),
        (
            ("grant", "a@example.org", "author", "--from", "2026-01-02", "--until", "2026-01-02"),
            "at least one day",
        ),
    ):
        code, out, err = run(app, *words)
        assert (code, out) == (1, "")
        assert sentence in err
        assert "Traceback" not in err


def test_a_grant_has_its_days(app: Flask) -> None:
    an_account(app, "a@example.org")
    assert (
        run(
            app,
            "grant",
            "a@example.org",
            "focal-point",
            "--scope",
            "HN",
            "--from",
            "2020-01-01",
            "--until",
            "2021-01-01",
        )[0]
        == 0
    )
    assert sign_in(app.test_client(), "a@example.org").grants == frozenset()
