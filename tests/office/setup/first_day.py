"""The first organizer, as they type themselves in."""

PASSWORD = "mango lluvia tren sello"
ME = {
    "full_name": "Laura Quesada Umaña",
    "email": "laura@example.org",
    "language": "es",
    "password": PASSWORD,
}
