"""A chapter: its exercises, their checks and cards, and the learner's progress."""
