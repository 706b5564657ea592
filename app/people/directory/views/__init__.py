"""Pages of the directory that need nothing of other wings. The pages of the roster are in turnover."""
