"""What every stage stands on: money, tenancy, SQL files, events, numbers, exactly-once. It knows no business noun."""
