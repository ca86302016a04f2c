"""The story: one verb per use case, on top of domain, search and timetable."""
