-- Find events that take a document from a state from which no move leads where they lead.
-- In:    company_id int, moves text[] (document:from:to, every move that a document may make; from nothing: its birth)
-- Out:   row_id bigint (event), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH step AS (
    SELECT event.id, event.document, event.document_id, event.kind,
           CASE event.kind
               WHEN 'OrderEntered' THEN 'draft'
               WHEN 'OrderSubmitted' THEN 'submitted'
               WHEN 'OrderHeld' THEN 'held'
               WHEN 'OrderReleased' THEN 'released'
               WHEN 'OrderRejected' THEN 'rejected'
               WHEN 'OrderCompleted' THEN 'completed'
               WHEN 'OrderCancelled' THEN 'cancelled'
               WHEN 'ShipmentNoticed' THEN 'notice'
               WHEN 'ShipmentDispatched' THEN 'dispatched'
               WHEN 'ShipmentDelivered' THEN 'delivered'
               WHEN 'ShipmentCancelled' THEN 'cancelled'
               WHEN 'InvoiceDrafted' THEN 'draft'
               WHEN 'InvoicePosted' THEN 'posted'
               WHEN 'CreditNotePosted' THEN 'posted'
               WHEN 'InvoiceDropped' THEN 'dropped'
               -- An amendment sends an order back to review, unless it was never handed over: then it stays a draft.
               WHEN 'OrderAmended'
               THEN CASE WHEN bool_or(event.kind = 'OrderSubmitted') OVER so_far THEN 'submitted' ELSE 'draft' END
           END AS state
      FROM event
     WHERE event.company_id = %(company_id)s::INT
       AND event.kind IN ('OrderEntered', 'OrderSubmitted', 'OrderAmended', 'OrderHeld', 'OrderReleased', 'OrderRejected',
                          'OrderCompleted', 'OrderCancelled', 'ShipmentNoticed', 'ShipmentDispatched', 'ShipmentDelivered',
                          'ShipmentCancelled', 'InvoiceDrafted', 'InvoicePosted', 'CreditNotePosted', 'InvoiceDropped')
    WINDOW so_far AS (PARTITION BY event.document, event.document_id ORDER BY event.id)
), move AS (
    SELECT id, document, document_id, kind, state,
           coalesce(lag(state) OVER (PARTITION BY document, document_id ORDER BY id), '') AS state_before
      FROM step
)
SELECT id AS row_id, document || ' ' || document_id AS document, 'a move that the table has' AS expected,
       coalesce(nullif(state_before, ''), 'nothing') || ' -> ' || state AS found, kind AS detail
  FROM move
 WHERE NOT (kind = 'OrderAmended' AND state = state_before)
   AND document || ':' || state_before || ':' || state <> ALL(%(moves)s::TEXT[])
 ORDER BY id
 LIMIT 100
