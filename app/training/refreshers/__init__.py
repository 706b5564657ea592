"""Five questions every two weeks by letter, so that what was learned is not forgotten.

Owns who wants them, what was asked and answered, and a card of memory for each question (FSRS).
Asks only the practice questions of modules that the person completed, never those of a quiz. It
certifies and revokes nothing; figures are counts by country.
"""
