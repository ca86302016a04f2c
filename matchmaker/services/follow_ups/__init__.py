"""Follow-ups: made when an event was held, owned by somebody at every moment, on his list until they are answered."""
