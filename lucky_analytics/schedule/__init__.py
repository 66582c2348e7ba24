"""The schedule: which notebooks run when, in which market's time, and who hears of it."""
