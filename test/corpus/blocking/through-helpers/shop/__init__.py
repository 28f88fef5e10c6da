from .rates import current as current_rate
