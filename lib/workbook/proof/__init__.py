"""The notebooks as tests: what nbval overlooks, and pytest inside a cell."""
