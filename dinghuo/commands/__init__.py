"""One module a command: `run(arguments)` works on a database that `dinghuo.cli` has connected; returns the exit status."""
