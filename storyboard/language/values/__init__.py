"""Values as people write them, and the expressions in them."""
