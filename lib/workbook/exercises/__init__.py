"""The exercises, a module for each chapter: checks, hints, solutions, answers to test them."""
