"""The chapters' databases: made once, copied for each chapter and each answer."""
