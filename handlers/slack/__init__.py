"""Slack: whose signature (entrance), what comes in (listeners), looks (surface), what goes out (sender)."""
