"""Appointments once they are agreed: cancelling one, what came of it, who thinks what of it."""
