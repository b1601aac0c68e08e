"""What the review catches: errors seeded into real orders of an Online Retail file, and what it stops for nothing."""
