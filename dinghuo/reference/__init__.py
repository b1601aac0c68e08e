"""What the company knows before an order arrives: users, customers, products, prices, warehouses, carriers."""
