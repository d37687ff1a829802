"""`bench`: our ways to load and to read against what people would use instead."""
