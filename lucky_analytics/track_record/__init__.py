"""Were we right? Predictions and decisions, held against what came."""
