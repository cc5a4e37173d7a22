"""Telegram: updates become questions, answers become messages; the only room that knows python-telegram-bot."""
