"""What is known about other systems: one TOML file for each."""
