"""Slack: whose signature (entrance), what comes in (listeners), its looks (surface), what goes out (sender)."""
