"""Timetables of meetings: wishes, drafts, solving, releasing, repairing, and booking a slot oneself."""
