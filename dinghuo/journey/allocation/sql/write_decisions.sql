-- Keep what a run decided about some products, each as arrays in the order of rank.
-- In:    company_id int, run_id bigint, product_ids bigint[], versions text[] (hexadecimal), scales int[], line_ids text[],
--        wanted text[], had text[], given text[], segments text[], reasons text[], fact_counts text[], facts text[],
--        place_lines text[], place_levels text[], place_units text[] (each text an array of a product)
-- Out:   nothing
-- Needs: the run locked by this transaction
INSERT INTO policy_run_product (
    company_id, policy_run_id, product_id, inputs_hash, scale, line_ids, wanted, had, given, segments, reasons, fact_counts, facts,
    place_lines, place_levels, place_units)
SELECT %(company_id)s::INT, %(run_id)s::BIGINT, decided.product_id, decode(decided.version, 'hex'), decided.scale,
       decided.line_ids::BIGINT[], decided.wanted::BIGINT[], decided.had::BIGINT[], decided.given::BIGINT[],
       decided.segments::SMALLINT[], decided.reasons::SMALLINT[], decided.fact_counts::SMALLINT[], decided.facts::BIGINT[],
       decided.place_lines::INT[], decided.place_levels::BIGINT[], decided.place_units::BIGINT[]
  FROM unnest(%(product_ids)s::BIGINT[], %(versions)s::TEXT[], %(scales)s::INT[], %(line_ids)s::TEXT[], %(wanted)s::TEXT[],
              %(had)s::TEXT[], %(given)s::TEXT[], %(segments)s::TEXT[], %(reasons)s::TEXT[], %(fact_counts)s::TEXT[],
              %(facts)s::TEXT[], %(place_lines)s::TEXT[], %(place_levels)s::TEXT[], %(place_units)s::TEXT[])
       AS decided (product_id, version, scale, line_ids, wanted, had, given, segments, reasons, fact_counts, facts, place_lines,
                   place_levels, place_units)
 ORDER BY decided.product_id
