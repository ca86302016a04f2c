"""Slots, tables and people as plain data: scheduling of sessions. Imports no other floor."""
