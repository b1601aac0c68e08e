"""Carriers behind one port: each module speaks one published protocol, and `port` says what all have in common."""
