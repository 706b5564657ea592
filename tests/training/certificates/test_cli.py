"""`flask certificates …`"""

from flask import Flask
from flask.testing import FlaskClient

from app.training.certificates.rules import code_from, grouped


def test_the_command_revokes_and_says_why_it_cannot(
    app: Flask, client: FlaskClient, code: str
) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(
        args=["certificates", "revoke", grouped(code), "--reason", "error", "--note", "x"]
    )
    assert done.exit_code == 0, done.output
    assert "Revocado" in client.get(f"/verify/{code}?lang=es").get_data(as_text=True)
    again = runner.invoke(args=["certificates", "revoke", code, "--reason", "error"])
    assert again.exit_code == 1
    assert "already been revoked" in again.output
    assert runner.invoke(args=["certificates", "revoke", "ABC", "--reason", "error"]).exit_code == 1
    assert runner.invoke(args=["certificates", "revoke", code, "--reason", "whim"]).exit_code == 2
    assert (
        runner.invoke(args=["certificates", "revoke", code_from(9), "--reason", "error"]).exit_code
        == 1
    )
