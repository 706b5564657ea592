"""The rule book: `spec` what a rule is and what is asked of it, `book` all rules, each with its spec,
`overlaps` about engagements that overlap and groups that share delegates, `limits` about what is
counted, `clock` about hours and days, `judging` about all of it at once and what stands against it,
`slots` about free time, `tiles` about what is left beside others, `refusals` what is refused.
"""
