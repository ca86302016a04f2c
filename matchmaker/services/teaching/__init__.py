"""What people's doings teach: evidence, settled into graded and weighted pairs that a ranker is fitted to."""
