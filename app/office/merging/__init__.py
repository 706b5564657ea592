"""One person, once: two records of one person become one, and can be taken apart again.

Owns the record of each merge: what was moved, and what was left out because it would have counted
twice; and takes back somebody who was written down by mistake. Which rows are about a person is
written down in `queries.JOINS`; a test holds it complete. Facts: PeopleMerged, MergeUndone.
"""
