"""What the bot knows: series, venues, visits and reopenings, each fact with its source."""
