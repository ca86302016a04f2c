"""Decline reports: why enterprises declined a university's achievements in a quarter, as far as it may be said."""
