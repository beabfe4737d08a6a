"""How fast an exercise is led: layers of values, guidance, fitting and tuning."""
