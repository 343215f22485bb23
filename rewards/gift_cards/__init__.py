"""Gift cards: money paid beforehand, spent in parts, with books of their own."""
