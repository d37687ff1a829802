"""The page over the database: its questions, their sums, and the server."""
