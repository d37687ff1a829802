"""The predictions of chapter 09."""

from lib.workbook.course.prediction import Prediction

PREDICTIONS: tuple[Prediction, ...] = ()
