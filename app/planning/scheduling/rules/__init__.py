"""The rule book: `spec` what a rule is, `book` all rules, each with its spec, `overlaps` about
engagements that overlap, `limits` about what is counted, `clock` about hours and days, `delegates`
about groups that share them, `judging` about all of it at once, `slots` about free time, `tiles`
about what is left beside others, `overrides` about standing against a rule.
"""
