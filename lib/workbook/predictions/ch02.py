"""The predictions of chapter 02."""

from lib.workbook.course.prediction import Prediction

PREDICTIONS: tuple[Prediction, ...] = ()
