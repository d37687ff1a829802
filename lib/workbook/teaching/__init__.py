"""For teachers and authors: the guide, handouts, slides, stored notebooks."""
