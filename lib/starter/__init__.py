"""A project of one's own, made from files: the core of lib, and what belongs to the files."""
