"""The channels: ways a message reaches somebody. One file each; e-mail is the first."""
