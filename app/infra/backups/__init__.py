"""Backups: the database, stored files and, if encrypted, the keys, in a folder or a bucket.

`places` says what lies where, `locks` encrypts, `dumps` copies databases, `making` and `restoring` are
the two ways. Knows no domain: whether what was restored works is asked by `app/office/backups`.
"""
