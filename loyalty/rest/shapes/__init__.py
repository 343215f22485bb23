"""The shapes of the API: what it takes and what it answers. Adding a field here adds it to the served schema."""
