"""Showings: which lists of pairs were put before whom, and which pairs were opened; noted, kept, read, forgotten."""
