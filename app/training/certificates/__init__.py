"""Certificates: the record that somebody completed a course, and its end.

Owns the frozen facts that are printed, the code, revocations, the PDF and the public verification.
A certificate is rows first; the PDF follows and, once stored, is never made again. Leaves
completion to learning, attendance to registrations, posts to directory and accounts to identity. Facts:
CertificateIssued, CertificateRevoked.
"""
