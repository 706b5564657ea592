"""Courses made elsewhere: SCORM packages that are imported, stored as they are, played and recorded.

Owns packages, their versions and files, who took them, and what each package recorded of itself. What
a package says of a learner is participation and never a certificate or coverage: a browser said it.
Leaves our own courses to learning. Facts: PackageAccepted, PackageWithdrawn, PackageStarted,
PackageCompleted.
"""
