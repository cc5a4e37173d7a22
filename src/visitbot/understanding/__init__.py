"""Words become requests: pure, no clock, no disk, no network."""
