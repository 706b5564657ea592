"""What the columns of sheets about people are called, in Spanish and in English: one list for
newcomers who are pasted, completion lists and sheets of earlier years. Pure.
"""

from collections.abc import Mapping, Sequence

from app.people.directory.rules.people import plain_key


def headings(text: str) -> frozenset[str]:
    """Returns the headings that a text names, parted by commas."""
    return frozenset(text.split(", "))


HEADINGS: Mapping[str, frozenset[str]] = {
    "name": headings(
        "name, nombre, full name, fullname, user full name, full name with link, "
        "nombre completo, nombre completo del usuario, nombre completo con enlace, "
        "participant, participante, student, estudiante, learner, user, usuario, "
        "nombre y apellido, nombre y apellidos, nombre / apellido, "
        "first name / last name, apellidos y nombre, persona, funcionario, "
        "funcionaria, funcionario/a, official"
    ),
    "first": headings("first name, firstname, given name, nombres, primer nombre"),
    "last": headings(
        "last name, lastname, surname, surnames, family name, apellido, apellidos, primer apellido"
    ),
    "second": headings("segundo apellido, second surname"),
    "email": headings(
        "email, e-mail, email address, e-mail address, mail, correo, "
        "correo electronico, direccion de correo, direccion email, "
        "direccion de email, direccion de correo electronico"
    ),
    "country": headings("country, pais, pais miembro, member country"),
    "institution": headings(
        "institution, institucion, entidad, dependencia, organismo, ministerio, "
        "agency, organization, organisation"
    ),
    "post": headings(
        "post, puesto, cargo, position, job title, title, plaza, funcion, puesto/cargo"
    ),
    "since": headings(
        "from, since, desde, start, start date, fecha de inicio, fecha inicio, "
        "inicio, fecha de ingreso, ingreso, alta, fecha de alta, toma de posesion, "
        "desde cuando"
    ),
}
"""What columns are called, simplified, by their meaning."""


def heading_key(text: str) -> str:
    """Returns a heading simplified: without accents, case, points and what stands in brackets."""
    words = plain_key(text.partition("(")[0] or text)
    return " ".join(words.replace(".", " ").replace(":", " ").replace("_", " ").split())


def columns_named(
    row: Sequence[str], words: Mapping[str, frozenset[str]] = HEADINGS
) -> dict[str, int]:
    """Returns where each meaning stands in a row of headings; the first column of a meaning counts."""
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        key = heading_key(cell)
        for meaning, names in words.items():
            if key in names:
                places.setdefault(meaning, place)
    return places
