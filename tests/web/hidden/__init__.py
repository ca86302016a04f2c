"""What alice hides, made noun by noun; each part returns ids by the name that an address has for their argument."""
