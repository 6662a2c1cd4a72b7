"""Networks whose units can be removed, merged and resolved one by one, exactly."""
