"""What a new installation starts with: always reference data, and on request a synthetic world.

Owns the loaders; their data files are in `reference` and `reference/demo`. Every person is
invented; every event of the past is a real public one with its source. Calls the services of the
domains where rules apply, and writes history in bulk where none do.
"""
