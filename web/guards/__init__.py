"""Who may ask, from where, and how often; what browsers are told to allow."""
