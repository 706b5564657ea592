"""Use cases of scheduling, the only writers of the calendar of record: `claims` take time and give
it back, `tiling` writes them, `cases` and `settings` what their names say.
"""
