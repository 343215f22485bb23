"""The pages, by subject. Each view parses, calls one verb, and answers."""
