"""The API of the master data, and of signing in."""
