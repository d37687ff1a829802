"""The predictions of chapter 01."""

from lib.workbook.course.prediction import Prediction

PREDICTIONS: tuple[Prediction, ...] = ()
