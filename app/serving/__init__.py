"""The server, put together and kept running; `app.commands.serve` is its command."""
