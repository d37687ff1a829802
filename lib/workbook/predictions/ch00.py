"""The predictions of chapter 00."""

from lib.workbook.course.prediction import Prediction

PREDICTIONS: tuple[Prediction, ...] = ()
