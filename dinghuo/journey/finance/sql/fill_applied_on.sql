-- Put each application on a day when its money and its document were both in the ledger.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
UPDATE payment_application SET applied_on = sides.since_on
  FROM (SELECT application.company_id, application.id,
               greatest(receivable.issued_on, credit.issued_on, payment.received_on, undone.applied_on) AS since_on
          FROM payment_application AS application
          JOIN receivable ON receivable.company_id = application.company_id AND receivable.id = application.receivable_id
          LEFT JOIN receivable AS credit ON credit.company_id = application.company_id AND credit.id = application.credit_id
          LEFT JOIN payment ON payment.company_id = application.company_id AND payment.id = application.payment_id
          LEFT JOIN payment_application AS undone
                 ON undone.company_id = application.company_id AND undone.id = application.undoes_id) AS sides
 WHERE sides.company_id = payment_application.company_id AND sides.id = payment_application.id
   AND sides.since_on > payment_application.applied_on
