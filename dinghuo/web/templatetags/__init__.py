"""What templates may call: figures as text, codes as words."""
