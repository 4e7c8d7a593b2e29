"""From a film to a plan: prompts, order, manifests, prices, verdicts. Pure."""
