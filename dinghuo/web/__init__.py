"""The site: settings, addresses, sign-in, shared pages."""
