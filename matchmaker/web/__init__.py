"""Flask: talks to people. `create_app` is the only place where things are wired."""

from matchmaker.web.app import create_app

__all__ = ["create_app"]
