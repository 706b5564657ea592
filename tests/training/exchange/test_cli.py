"""`flask questions convert`"""

from pathlib import Path

from flask import Flask


def test_a_bank_is_converted_and_what_is_lost_is_named(app: Flask, tmp_path: Path) -> None:
    source, target = tmp_path / "banco.gift", tmp_path / "banco.aiken"
    source.write_text("Uno{=a ~b}\n\nDos{#1}\n\nTres{~a ~b}", encoding="utf-8")
    runner = app.test_cli_runner()

    result = runner.invoke(args=["questions", "convert", str(source), str(target)])

    assert result.exit_code == 0, result.output
    assert target.read_text(encoding="utf-8") == "Uno\nA) a\nB) b\nANSWER: A\n"
    assert "Not read: line 5, “Tres”: No answer is right." in result.output
    assert "Not written: line 3, “Dos”" in result.output
    assert "1 questions from gift to aiken." in result.output

    source = tmp_path / "notas.txt"
    source.write_text("nothing", encoding="utf-8")
    refused = runner.invoke(args=["questions", "convert", str(source), str(tmp_path / "x.xml")])
    assert refused.exit_code == 1
    assert "GIFT, Moodle XML, Aiken" in refused.output
    unnamed = runner.invoke(args=["questions", "convert", str(source), str(tmp_path / "x.doc")])
    assert "--to" in unnamed.output
