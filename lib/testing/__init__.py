"""What tests are given: a private server, a database that is thrown away."""
