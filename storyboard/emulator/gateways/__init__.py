"""The emulated gateways: one file each, found by looking. Each offers `GATEWAY`, see `storyboard.emulator.gateway`."""
