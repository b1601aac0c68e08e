-- Find documents whose state is not the one that replaying the journal of events gives, and events of documents that are not there.
-- In:    company_id int
-- Out:   row_id bigint (the document), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH given AS (
    SELECT document, document_id, max(id) AS last_id,
           max(id) FILTER (WHERE kind IN ('OrderSubmitted', 'OrderAmended')) AS submitted_id,
           min(id) FILTER (WHERE kind = 'OrderSubmitted') AS first_submitted_id,
           max(id) FILTER (WHERE kind = 'OrderHeld') AS held_id,
           max(id) FILTER (WHERE kind = 'OrderReleased') AS released_id,
           max(id) FILTER (WHERE kind IN ('OrderRejected', 'InvoiceDropped')) AS ended_id,
           max(id) FILTER (WHERE kind IN ('OrderCompleted', 'ShipmentDelivered')) AS completed_id,
           max(id) FILTER (WHERE kind IN ('OrderCancelled', 'ShipmentCancelled')) AS cancelled_id,
           max(id) FILTER (WHERE kind = 'ShipmentDispatched') AS dispatched_id,
           max(id) FILTER (WHERE kind IN ('InvoicePosted', 'CreditNotePosted')) AS posted_id
      FROM event
     WHERE company_id = %(company_id)s::INT
       AND kind IN ('OrderEntered', 'OrderSubmitted', 'OrderAmended', 'OrderHeld', 'OrderReleased', 'OrderRejected', 'OrderCompleted',
                    'OrderCancelled', 'ShipmentNoticed', 'ShipmentDispatched', 'ShipmentDelivered', 'ShipmentCancelled',
                    'InvoiceDrafted', 'InvoicePosted', 'CreditNotePosted', 'InvoiceDropped')
     GROUP BY document, document_id
), replayed AS (
    SELECT document, document_id,
           CASE last_id
               WHEN submitted_id THEN CASE WHEN first_submitted_id IS NULL THEN 'draft' ELSE 'submitted' END
               WHEN held_id THEN 'held'
               WHEN released_id THEN 'released'
               WHEN ended_id THEN CASE document WHEN 'sales_order' THEN 'rejected' ELSE 'dropped' END
               WHEN completed_id THEN CASE document WHEN 'sales_order' THEN 'completed' ELSE 'delivered' END
               WHEN cancelled_id THEN 'cancelled'
               WHEN dispatched_id THEN 'dispatched'
               WHEN posted_id THEN 'posted'
               ELSE CASE document WHEN 'shipment' THEN 'notice' ELSE 'draft' END
           END AS state
      FROM given
), standing AS (
    SELECT 'sales_order' AS document, id, number, state FROM sales_order WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT 'shipment' AS document, id, number, state FROM shipment WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT 'sales_invoice' AS document, id, number, state FROM sales_invoice WHERE company_id = %(company_id)s::INT
)
SELECT coalesce(standing.id, replayed.document_id) AS row_id,
       coalesce(standing.number, coalesce(standing.document, replayed.document) || ' ' || coalesce(standing.id, replayed.document_id))
           AS document,
       coalesce(replayed.state, 'no document, for no event tells of it') AS expected,
       coalesce(standing.state, 'no such document') AS found,
       coalesce(standing.document, replayed.document) AS detail
  FROM standing
  FULL JOIN replayed ON replayed.document = standing.document AND replayed.document_id = standing.id
 WHERE standing.state IS DISTINCT FROM replayed.state
 ORDER BY row_id, detail
 LIMIT 100
