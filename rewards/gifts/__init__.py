"""Vouchers are given on: a member offers one to a friend, who becomes a member and holds it."""
