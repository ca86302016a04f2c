"""Calendars: events and appointments as iCalendar files, feeds and enclosures of mails."""
