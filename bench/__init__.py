"""How fast Lanyard is, beside a floor measured in the same run."""
