"""The predictions of chapter 05."""

from lib.workbook.course.prediction import Prediction

PREDICTIONS: tuple[Prediction, ...] = ()
