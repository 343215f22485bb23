"""The channels: ways a message reaches somebody. One file each; adding one is adding a file and its name here."""

from campaigns.channels import email

BY_NAME = {"email": email}
