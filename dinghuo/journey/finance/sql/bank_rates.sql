-- Count what became of the money that came in over a period, by payment and by line of invoices.
-- In:    company_id int, from_on date, until_on date (days of booking, both included)
-- Out:   payments bigint, untouched bigint, by_hand bigint, waiting bigint, set_aside bigint, suggested bigint, ambiguous bigint,
--        invoice_lines bigint, invoice_lines_untouched bigint, automatic bigint (matches that the engine ever made), undone bigint (of them)
-- Needs: nothing
WITH line AS MATERIALIZED (
    SELECT statement_line.id
      FROM bank_statement_line AS statement_line
     WHERE statement_line.company_id = %(company_id)s::INT AND statement_line.amount > 0
       AND statement_line.booked_on BETWEEN %(from_on)s::DATE AND %(until_on)s::DATE
), held AS MATERIALIZED (
    SELECT bank_match.id, bank_match.state, bank_match.outcome, bank_match.is_automatic,
           -- Kept for the customer, in part or whole, is not yet fully applied.
           exists (
               SELECT FROM bank_match_item AS item
                WHERE item.company_id = %(company_id)s::INT AND item.match_id = bank_match.id AND item.receivable_id IS NULL) AS has_rest
      FROM bank_match
      JOIN line ON line.id = bank_match.line_id
     WHERE bank_match.company_id = %(company_id)s::INT
), billed AS (
    SELECT count(*) AS lines, count(*) FILTER (WHERE held.is_automatic) AS untouched
      FROM held
      JOIN bank_match_item AS item ON item.company_id = %(company_id)s::INT AND item.match_id = held.id
      JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.id = item.receivable_id
      JOIN sales_invoice_line AS invoice_line
           ON invoice_line.company_id = %(company_id)s::INT AND invoice_line.invoice_id = receivable.invoice_id
     WHERE held.state = 'matched'
)
SELECT count(*) FILTER (WHERE held.state <> 'undone') AS payments,
       count(*) FILTER (WHERE held.state = 'matched' AND held.is_automatic AND NOT held.has_rest) AS untouched,
       count(*) FILTER (WHERE held.state = 'matched' AND NOT held.is_automatic) AS by_hand,
       count(*) FILTER (WHERE held.state = 'waiting') AS waiting,
       count(*) FILTER (WHERE held.state = 'set_aside') AS set_aside,
       count(*) FILTER (WHERE held.state = 'waiting' AND held.outcome = 'suggested') AS suggested,
       count(*) FILTER (WHERE held.state = 'waiting' AND held.outcome = 'ambiguous') AS ambiguous,
       (SELECT lines FROM billed) AS invoice_lines, (SELECT untouched FROM billed) AS invoice_lines_untouched,
       count(*) FILTER (WHERE held.is_automatic) AS automatic,
       count(*) FILTER (WHERE held.is_automatic AND held.state = 'undone') AS undone
  FROM held
