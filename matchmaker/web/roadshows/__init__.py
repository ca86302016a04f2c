"""Roadshows: the programme and its pitches, judging, the ranking, interest of the audience."""

from matchmaker.web.roadshows import interest, judges, judging, pitches, programme, ranking, slides, talks
from matchmaker.web.roadshows.blueprint import blueprint

__all__ = ["blueprint", "interest", "judges", "judging", "pitches", "programme", "ranking", "slides", "talks"]
