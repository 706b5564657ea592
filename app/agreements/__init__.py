"""What a meeting agreed, who answers for it by when, and its status at the next follow-up webinar.

Owns Agreement, ProgressReport and MatrixEntry once they are built (requirements R14–R18, R25 of the first user).
The rule that a follow-up webinar closes only when each listed agreement has a status lives here and calls events.
"""
