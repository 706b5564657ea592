"""Good practices that institutions and civil society submit, published after the secretariat's review.

Owns submissions, their review and the public list.
"""
