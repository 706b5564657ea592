"""Training taken elsewhere that a country accepts for one of our courses.

Owns completion lists of other platforms and the certificates that people bring: read, matched with
the people of one country, accepted, declined and taken back. Counted apart from certificates, and
printed on none. Facts: TrainingBrought, TrainingRecognised, TrainingDeclined, TrainingWithdrawn,
TrainingTakenBack, UploadDropped.
"""
