"""Events: planning them, taking them through their life, what belongs to them, who comes."""
