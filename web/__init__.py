"""The server and the editor. Nothing in here loads torch; a test holds that."""
