"""The grading desk: which pairs are drawn, who grades them, how far the graders agree and can be relied on."""
