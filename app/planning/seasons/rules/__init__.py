"""Season planning without machines: `board` asks the rule book about each webinar beside the others,
`planning` gives each the best free slot, `soundness` says what a season must be, `merging` finds
what two plans hold twice.
"""
