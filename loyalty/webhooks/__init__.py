"""What others send us: each sender has its own address for each merchant, and signs what it sends."""
