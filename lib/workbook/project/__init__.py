"""A learner's own project, looked at from outside: twelve points, each proved by running it."""
