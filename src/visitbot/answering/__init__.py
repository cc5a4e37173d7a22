"""Requests become answers: pure, no clock, no disk, no Telegram."""
