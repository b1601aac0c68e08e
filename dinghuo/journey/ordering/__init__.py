"""Stage 0, ordering 订货: the sales order itself.

Takes an order's customer, products, quantities and prices from a page, the API or an import. Gives a numbered order that review can
judge. Owns sales_order, sales_order_line, order_charge and order_amendment. Records OrderEntered, OrderSubmitted, OrderAmended and
OrderCancelled.
"""
