"""The pipeline wing: what a reader would take to work. The classroom is in `lib.workbook`."""
