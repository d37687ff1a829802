"""Commands that a chapter runs, in folders that are thrown away."""
