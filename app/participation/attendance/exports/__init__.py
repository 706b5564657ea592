"""Lists as bytes: for a spreadsheet, for paper."""
