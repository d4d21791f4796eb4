//! Reads the configuration from its layers: flags over environment over TOML over defaults.
