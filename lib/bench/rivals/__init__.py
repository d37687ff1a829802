"""Other people's loaders, each with a lock and an environment of its own, made when asked for."""
