"""A year of the body on one page: what was held, who came, who was absent (requirement R85).

Owns nothing: it counts events and attendances. Hides small cells as `reports` does.
"""
