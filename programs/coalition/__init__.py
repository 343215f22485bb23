"""Coalitions: several merchants, one card and one currency. Who takes part, by which terms, and who owes whom."""
