"""The whole page as one HTML file that needs nothing else, to hand in."""

import base64
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from engine.core.file_io import reason_of, write_atomically
from gui.charts.chart_card import ChartCard
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme
from gui.workspaces.chart_exports import RememberedFolder
from gui.workspaces.evaluate.choice_card import headline, metric_texts
from gui.workspaces.evaluate.comparison_card import comparison_text
from gui.workspaces.evaluate.digits_card import DigitsCard
from gui.workspaces.evaluate.evaluation import Evaluation


class ReportButton(QPushButton):
    """Writes what the page shows: figures, charts, the digits in its grids, and the most frequent mistakes."""

    def __init__(self, page: QWidget, themes: ThemeManager, lab: Lab) -> None:
        super().__init__("Report …")
        self.setObjectName("reportButton")
        self.setToolTip("Save the whole page as one HTML file that opens in every browser")
        self._page = page
        self._themes = themes
        self._messages = lab.messages
        self._folder = RememberedFolder(lab.settings)
        self._found: Evaluation | None = None
        self.clicked.connect(self._on_clicked)

    def show_evaluation(self, found: Evaluation | None) -> None:
        """What to report from now on."""
        self._found = found
        self.setEnabled(found is not None)

    @Slot()
    def _on_clicked(self) -> None:
        path = self._folder.ask(self, "Save the report", "evaluation.html", "Web page (*.html)", (".htm",))
        if path is None or self._found is None:
            return
        try:
            write_atomically(path, self._html(self._found).encode())
        except OSError as error:
            self._messages.error.emit(f"{path.name} could not be saved: {reason_of(error)}.")
        else:
            self._messages.message.emit(f"Saved {path.name}.")

    def _html(self, found: Evaluation) -> str:
        theme = self._themes.theme
        parts = [
            f"<p><strong>{escape(headline(found))}</strong></p>",
            f"<p>{escape(' · '.join(metric_texts(found.metrics)))}</p>",
        ]
        if (compared := found.comparison) is not None:
            told = (
                f"{comparison_text(found, compared)} Only {found.title} right: {compared.only_first_right:,}, "
                f"only {found.against_title} right: {compared.only_second_right:,}."
            )
            parts.append(f"<p>{escape(told)}</p>")
        if (reliability := found.reliability) is not None:
            scores = (("Raw", reliability.raw), ("As calibrated", reliability.now))
            scored = [f"{name}: ECE {100 * one.error:.2f} %, Brier {one.brier:.4f}." for name, one in scores]
            parts.append(f"<p>{' '.join(scored)}</p>")
        for chart_card in self._page.findChildren(ChartCard):
            if chart_card.isVisibleTo(self._page) and not chart_card.chart.empty:
                parts.append(_figure(chart_card.title, "svg+xml", _picture(chart_card)))
        for card in self._page.findChildren(DigitsCard):
            if card.grid.count:
                parts.append(_figure(f"{card.title} {card.subtitle}", "png", _grab(card.grid.viewport())))
        if found.pairs:
            labels = found.answers.labels
            rows = "".join(
                f"<tr><td>{escape(labels[truth])}</td><td>{escape(labels[answer])}</td><td>{count}</td></tr>"
                for truth, answer, count in found.pairs
            )
            parts.append(f"<h2>Mistakes</h2><table><tr><th>truth</th><th>answer</th><th>digits</th></tr>{rows}</table>")
        title = escape(f"{found.title} on {found.data_title}")
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_style(theme)}'
            f"</style></head><body><h1>{title}</h1>{''.join(parts)}</body></html>"
        )


def _style(theme: Theme) -> str:
    return (
        f"body{{font:15px sans-serif;margin:2em auto;max-width:60em;color:{theme.text};background:{theme.background}}}"
        f"img{{max-width:100%;background:{theme.surface}}}td,th{{text-align:left;padding:2px 16px 2px 0}}"
    )


def _figure(title: str, kind: str, data: bytes) -> str:
    text = base64.b64encode(data).decode()
    name = escape(title)
    return f'<h2>{name}</h2><img alt="{name}" src="data:image/{kind};base64,{text}">'


def _picture(card: ChartCard) -> bytes:
    return card.chart.picture(".svg")()


def _grab(widget: QWidget) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    return bytes(data.data())
