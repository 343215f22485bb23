// The counter.
