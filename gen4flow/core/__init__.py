"""The pure core: frozen values and decisions, without files, network, clock, environment or randomness."""
