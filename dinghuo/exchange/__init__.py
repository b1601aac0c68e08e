"""Files and documents in and out of the house: spreadsheets, e-documents, EDI, bank statements."""
