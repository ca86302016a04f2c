"""Technology-transfer matchmaking for a city."""

__version__ = "0.1.0"
