"""What the network editor is made of: table, settings, buttons and figures."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from engine.network.row_kinds import ROW_KINDS
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_invalid, mark_muted, mark_title
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.train.editor.layer_table import LayerModel, LayerTable
from gui.workspaces.train.editor.row_form import RowForm

# Table and settings, in a window as wide as the smallest screen.
_SIDES_PX = [610, 350]


class EditorView(QDialog):
    """The parts and their places; what they do is `NetworkEditor`'s business."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("networkEditor")
        self.setWindowTitle("Network")
        self.model = LayerModel(themes)
        self.table = LayerTable(self.model)
        self.form = RowForm()
        self.start_box = self._box("networkStart", "Start from", "Begin anew with the network of a preset")
        self.loss_box = self._box("lossSetting", "Loss", "What training makes small")
        self.kind_box = self._box("layerKind", "Kind of layer to add", "Which layer Add puts behind the chosen one")
        for kind, known in ROW_KINDS.items():
            self.kind_box.addItem(known.title, kind)
        self.add_button = named(QPushButton("Add"), "addLayerButton", "Add a layer of this kind behind the chosen one")
        self.remove_button = named(QPushButton("Remove"), "removeLayerButton", "Take the chosen layer away (Delete)")
        self.up_button = named(QPushButton("↑"), "layerUpButton", "Move the layer up (Alt+↑)")
        self.down_button = named(QPushButton("↓"), "layerDownButton", "Move the layer down (Alt+↓)")
        self.undo_button = named(QPushButton("Undo"), "undoNetworkButton", "Take the last edit back (Ctrl+Z)")
        self.redo_button = named(QPushButton("Redo"), "redoNetworkButton", "Do again what was undone")
        self.code_button = named(
            QPushButton("Code …"), "networkCodeButton", "The network in DigitLab, Keras and PyTorch"
        )
        self.save_button = named(
            QPushButton("Save as my preset"), "saveNetworkButton", "Keep the network under this name"
        )
        self.name_line = named(QLineEdit(maxLength=60), "networkName", accessible_name="Name of the network")
        self.name_line.setMinimumWidth(220)
        self.count_label = named(mark_title(QLabel(wordWrap=True)), "parameterCount")
        self.cost_label = named(mark_muted(QLabel(wordWrap=True)), "networkCost")
        self.news_label = named(QLabel(wordWrap=True), "networkNews")
        self._assemble()
        self.resize(980, 540)

    def say(self, text: str, wrong: bool = False) -> None:
        """Tell news below the table; "" for none."""
        self.news_label.setText(text)
        self.news_label.setVisible(bool(text))
        mark_invalid(self.news_label, wrong)

    def _box(self, name: str, accessible_name: str, tip: str) -> ElidingComboBox:
        return named(ElidingComboBox(), name, tip, accessible_name)

    def _assemble(self) -> None:
        left, right = QWidget(), QSplitter()
        tools, lower = QHBoxLayout(), QHBoxLayout()
        for label, box in (("Start from", self.start_box), ("Loss", self.loss_box)):
            tools.addWidget(label_for(box, label))
            tools.addWidget(box, 1)
        for button in (self.undo_button, self.redo_button, self.code_button):
            tools.addWidget(button)
        adding = filled(
            QHBoxLayout(), (self.kind_box, 1), self.add_button, self.remove_button, self.up_button, self.down_button
        )
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.table, 1)
        column.addLayout(adding)
        right.addWidget(left)
        right.addWidget(self.form)
        right.setStretchFactor(0, 3)
        right.setStretchFactor(1, 2)
        right.setSizes(_SIDES_PX)
        right.setChildrenCollapsible(False)
        lower.addWidget(self.count_label)
        lower.addWidget(self.cost_label)
        lower.addSpacing(16)
        lower.addWidget(label_for(self.name_line, "Name"))
        lower.addWidget(self.name_line, 1)
        lower.addWidget(self.save_button)
        filled(QVBoxLayout(self), tools, (right, 1), self.news_label, lower)
