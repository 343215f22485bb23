"""Subscriptions of paid VIP programs: who pays which plan, until when, who sits along, what was paid."""
