"""Certificates: the record that somebody completed a course or attended an event, and its end.

Owns the frozen facts that are printed, the code that names them, revocations, the PDF made from the
facts and the public verification. A certificate is rows first; the PDF follows and, once stored, is
never made again. Leaves to others: who completed what (learning), who sat where (events), who works
where (directory), who signs in (identity). Tells: CertificateIssued, CertificateRevoked.
"""
