"""Roadshows: the programme and its order, judges and their sheets, the ranking, who in the audience is interested."""
