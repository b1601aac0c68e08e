"""What ./dev does: set-up, page assets, translations, checks, locks and the wheel. No part of the installed package."""
