"""How the platform is, check by check, with what to do where something is not well (`/status`).

Owns no check and no table: `app.infra.health` asks, for this page as for `/readyz`, and packages
add theirs by `HealthPort`. A check that this package has no words for still gets its row. Organizers
are told by letter when one falls and when it is well again. Facts: CheckFell, CheckRecovered.
"""
