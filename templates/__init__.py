"""Every word people read, and the shapes those words come in; imports nothing of ours."""
