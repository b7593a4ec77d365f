"""Where everything is started: settings, composition, clock and the command line."""
