"""The book: the chapters as a site to read, with search, from their stored outputs."""
