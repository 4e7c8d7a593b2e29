"""Callbacks of gateways: their addresses, the door that they knock at, and the box that keeps them."""
