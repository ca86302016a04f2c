"""Reports of a month, a quarter or a year, made in the worker from the ledger and kept."""
