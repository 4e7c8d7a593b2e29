"""From text and positions to a resolved film."""
