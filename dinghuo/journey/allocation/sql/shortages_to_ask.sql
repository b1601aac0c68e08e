-- Gather what customers are to be told of short lines that they were not asked about: figures, day, reason, best substitute.
-- In:    company_id int, shortage_ids bigint[] (null for all that have open proposals)
-- Out:   shortage_id bigint, order_id bigint, customer_id bigint, language text, number text, product text, product_zh text,
--        ordered numeric, missing numeric (stock units), day date, because text, substitute text, substitute_zh text
-- Needs: nothing; the unique key a_shortage_is_asked_once keeps two runs at once apart
SELECT shortage.id AS shortage_id, line.order_id, sales_order.customer_id, customer.language, sales_order.number,
       product.name AS product, product.name_zh AS product_zh, line.ordered, line.ordered - line.allocated AS missing,
       (SELECT min(proposal.expected_on)
          FROM shortage_proposal AS proposal
         WHERE proposal.company_id = %(company_id)s::INT AND proposal.shortage_id = shortage.id AND proposal.state = 'open'
           AND proposal.kind IN ('wait', 'buy', 'transfer') AND proposal.quantity >= line.ordered - line.allocated) AS day,
       coalesce((SELECT decision.reason
                   FROM allocation_decision AS decision
                  WHERE decision.company_id = %(company_id)s::INT AND decision.order_line_id = line.id
                  ORDER BY decision.id DESC
                  LIMIT 1), '') AS because,
       coalesce(best.name, '') AS substitute, coalesce(best.name_zh, '') AS substitute_zh
  FROM shortage
 INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = shortage.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 INNER JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
 INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
  LEFT JOIN LATERAL (
    SELECT other.name, other.name_zh
      FROM shortage_proposal AS proposal
     INNER JOIN product AS other ON other.company_id = %(company_id)s::INT AND other.id = proposal.product_id
     WHERE proposal.company_id = %(company_id)s::INT AND proposal.shortage_id = shortage.id AND proposal.state = 'open'
       AND proposal.kind = 'substitute'
     ORDER BY proposal.rank
     LIMIT 1
  ) AS best ON TRUE
 WHERE shortage.company_id = %(company_id)s::INT AND shortage.closed_at IS NULL AND sales_order.state = 'released'
   AND line.ordered > line.allocated
   AND (%(shortage_ids)s::BIGINT[] IS NULL OR shortage.id = ANY(%(shortage_ids)s::BIGINT[]))
   AND EXISTS (
       SELECT FROM shortage_proposal AS proposal
        WHERE proposal.company_id = %(company_id)s::INT AND proposal.shortage_id = shortage.id AND proposal.state = 'open')
   AND NOT EXISTS (
       SELECT FROM shortage_question AS question
        WHERE question.company_id = %(company_id)s::INT AND question.shortage_id = shortage.id)
 ORDER BY shortage.id
