"""The questions without code, chapter by chapter; see lib/workbook/course/prediction.py."""
