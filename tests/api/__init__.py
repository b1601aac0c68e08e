"""The API as its callers meet it: over HTTP, with tokens."""
