"""The front desk: each handler parses, makes one desk call and renders."""
