"""The calendar of record: who and what is occupied when, and the rule book that says no.

Knows parties and spans, never events: whatever occupies a working group, a person or the region's
calendar claims it here. Owns resources, engagements, claims, the database rules that no race can
pass, and free slots. Leaves the wording of titles and links to whoever claims, who also tells what
happened to it. Tells: RuleSet, PairDeclared, PairWithdrawn, LicenceChanged, ConflictCaseOpened,
ConflictCaseClosed.
"""
