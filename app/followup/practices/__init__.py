"""Good practices that institutions and civil society put forward, shown after review by the
secretariat.

Owns submissions, their review and the public list.
"""
