"""Forms of scoring: what a person tries or asks for."""
