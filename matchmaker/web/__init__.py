"""Flask: talks to people. `create_app` is the only place where things are wired."""
