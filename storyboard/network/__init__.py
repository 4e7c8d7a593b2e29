"""The way to gateways and stores: what may be asked of whom, how often, and the one speaker of HTTP."""
