"""A year that never was: people, listings, events, deals, contracts and figures, played through the services."""
