"""E-mail: thin plain messages out, for the people who have no chat account."""
