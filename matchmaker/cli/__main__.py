"""`python -m matchmaker.cli` is the `matchmaker` command."""

from matchmaker.cli import main

main()
