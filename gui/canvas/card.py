"""The card with the canvas: pen size above it, undo, redo, eraser and clear below."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSlider, QWidget

from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.drawing_document import DrawingDocument
from gui.theme.manager import ThemeManager
from gui.widgets.card import Card
from gui.widgets.filled import filled
from gui.widgets.naming import named


class CanvasCard(Card):
    """Assembles the canvas with its tools.

    The actions carry the shortcuts and are meant for the window's menus too; the buttons only trigger them.

    Attributes:
        canvas: the drawing canvas.
        undo_action, redo_action, eraser_action, clear_action: what the buttons do.
    """

    def __init__(self, document: DrawingDocument, themes: ThemeManager) -> None:
        super().__init__("Draw a digit", "")
        self.canvas = DrawingCanvas(document, themes)
        self.undo_action = self._make_action("Undo", "Take the last stroke back", QKeySequence.StandardKey.Undo)
        self.redo_action = self._make_action("Redo", "Draw it again", QKeySequence.StandardKey.Redo)
        self.eraser_action = self._make_action("Eraser", "Cut strokes where the eraser passes", "Ctrl+E")
        self.clear_action = self._make_action("Clear", "Take all ink away", "Ctrl+Backspace")
        self.eraser_action.setCheckable(True)
        stack = document.undo_stack
        # Slots of Qt, not of Python: the stack still speaks while the window is being destroyed.
        stack.canUndoChanged.connect(self.undo_action.setEnabled)
        stack.canRedoChanged.connect(self.redo_action.setEnabled)
        self.undo_action.setEnabled(False)
        self.redo_action.setEnabled(False)
        self.clear_action.setEnabled(False)
        self.undo_action.triggered.connect(self.canvas.undo)
        self.redo_action.triggered.connect(self.canvas.redo)
        self.clear_action.triggered.connect(self.canvas.clear)
        self.eraser_action.toggled.connect(self.canvas.set_eraser)
        self.canvas.eraser_changed.connect(self.eraser_action.setChecked)
        document.changed.connect(self._on_drawing_changed)
        self._add_pen_slider()
        self.body.addWidget(self.canvas, 1)
        self._add_buttons()
        # The canvas comes first, so that a fresh window can be drawn on from the keyboard at once.
        QWidget.setTabOrder(self.canvas, self._slider)

    def _make_action(self, text: str, hint: str, shortcut: QKeySequence.StandardKey | str) -> QAction:
        action = QAction(text, self)
        action.setShortcuts(
            [QKeySequence(shortcut)] if isinstance(shortcut, str) else QKeySequence.keyBindings(shortcut)
        )
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{hint} ({keys})" if keys else hint)
        action.setStatusTip(hint)
        self.addAction(action)
        return action

    def _add_pen_slider(self) -> None:
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("penWidthSlider")
        self._slider.setRange(6, 40)
        self._slider.setValue(self.canvas.pen_width_px)
        self._slider.setFixedWidth(88)
        self._slider.setAccessibleName("Pen size")
        self._slider.setToolTip(
            "Pen size, in pixels of a 280 px canvas; keys [ and ] on the canvas.\n"
            "The model sees the same digit whatever the size."
        )
        self._slider.valueChanged.connect(self.canvas.set_pen_width)
        self.canvas.pen_width_changed.connect(self._on_pen_width_changed)
        self.header.insertWidget(1, self._slider, 0, Qt.AlignmentFlag.AlignVCenter)
        self.header.insertStretch(1, 1)
        self.header.setStretch(3, 0)
        self.subtitle_label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._on_pen_width_changed(self.canvas.pen_width_px)

    def _add_buttons(self) -> None:
        row = filled(QHBoxLayout(), spacing=8)
        for name, text, action in (
            ("undoButton", "&Undo", self.undo_action),
            ("redoButton", "Re&do", self.redo_action),
            ("eraserButton", "E&raser", self.eraser_action),
            ("clearButton", "&Clear", self.clear_action),
        ):
            button = named(QPushButton(text), name, action.toolTip(), action.text())
            button.setEnabled(action.isEnabled())
            button.setMinimumWidth(44)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            action.enabledChanged.connect(button.setEnabled)
            if action.isCheckable():
                button.setCheckable(True)
                action.toggled.connect(button.setChecked)
            button.clicked.connect(action.trigger)
            row.addWidget(button)
        self._clear_button = button
        self.body.addLayout(row)

    @Slot(int)
    def _on_pen_width_changed(self, width_px: int) -> None:
        self._slider.setValue(width_px)
        self.set_subtitle(f"pen {width_px} px")

    @Slot()
    def _on_drawing_changed(self) -> None:
        blank = self.canvas.document.is_blank
        if blank and self._clear_button.hasFocus():
            # Qt would go on to the next field that takes keys, where an arrow key chooses another model.
            self.canvas.setFocus()
        self.clear_action.setEnabled(not blank)
