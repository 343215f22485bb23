"""Promotions: a reward behind a code that many use, or behind many codes that are good once each."""
