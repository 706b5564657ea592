"""Backups as the office sees them: made every night, tried out, and on record.

A drill restores the newest backup into a place of its own, brings it to this version and tries
whether it works: rows, rules, the record, a certificate, a sign-in. Owns no table: the journal tells.
The machinery is `app/infra/backups`. Facts: BackupAsked, BackupMade, BackupFailed, DrillPassed,
DrillFailed.
"""
