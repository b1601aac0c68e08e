"""Django's PostgreSQL backend, opening each transaction for one company."""
