"""A small picture of a run's curve, drawn when its row is."""

import math
from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from gui.lab.kept_runs import KeptRun
from gui.workspaces.runs.columns import watched_loss

THUMBNAIL_PX: Final = QSize(44, 18)
_EDGE_PX = 3.0


def curve_thumbnail(run: KeptRun, color: str, background: str) -> QIcon:
    """The watched loss over the epochs, on a ground of its own so that it can be seen in a selected row."""
    picture = QPixmap(THUMBNAIL_PX * 2)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(background))
    painter.drawRoundedRect(0, 0, THUMBNAIL_PX.width(), THUMBNAIL_PX.height(), 3.0, 3.0)
    losses = [loss for event in run.epochs if math.isfinite(loss := watched_loss(event))]
    # More points than pixels say nothing more.
    losses = losses[:: max(1, len(losses) // THUMBNAIL_PX.width())]
    if losses:
        low, high = min(losses), max(losses)
        width, height = THUMBNAIL_PX.width() - 2 * _EDGE_PX, THUMBNAIL_PX.height() - 2 * _EDGE_PX
        points = [
            QPointF(
                _EDGE_PX + width * place / max(1, len(losses) - 1),
                _EDGE_PX + height * ((high - loss) / (high - low) if high > low else 0.5),
            )
            for place, loss in enumerate(losses)
        ]
        painter.setPen(QPen(QColor(color), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(points) == 1:
            painter.drawPoint(points[0])
        painter.drawPolyline(QPolygonF(points))
    painter.end()
    icon = QIcon(picture)
    # Qt would tint it in a selected row.
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon
