"""The shared document: what all workspaces read and write."""

from PySide6.QtCore import QObject, QTimer, Slot

from gui.lab.classifier import Classifier
from gui.lab.current_epoch import CurrentEpoch
from gui.lab.dataset_import import DatasetImport
from gui.lab.dataset_library import DatasetLibrary
from gui.lab.drawing_document import DrawingDocument
from gui.lab.filing import Filing
from gui.lab.followed_drawing import FollowedDrawing
from gui.lab.kept_runs import KeptRuns
from gui.lab.label_edits import LabelEdits
from gui.lab.live_model import LiveModel
from gui.lab.messages import Messages
from gui.lab.model_care import ModelCare
from gui.lab.model_library import ModelLibrary
from gui.lab.my_digits import MyDigits
from gui.lab.pen_priority import PenPriority
from gui.lab.predictor import Predictor
from gui.lab.run_library import RunLibrary
from gui.lab.selection import Selection
from gui.lab.sweeps import Sweeps
from gui.lab.training_session import TrainingSession
from gui.services.autosave import Autosave
from gui.services.settings import Settings

# The drawing is kept this long after its last change, so that a pen in motion writes no files.
KEEP_DRAWING_MS = 1500


class Lab(QObject):
    """Owns no widget; each part tells of its changes by its own signals, and the order of listeners never matters.

    Attributes:
        settings: what the next start should find again.
        autosave: the safety copies of the drawing and of unsaved models.
        messages: sentences for the person in front.
        drawing: strokes or an opened image, with the steps that can be undone.
        models: all models, and the current one.
        model_care: names, descriptions and deletion of models.
        classifier: the GUI's own network of the current model.
        prediction: the newest prediction of the drawing by the current model.
        edits: labels that the user has put right, and digits to leave out of training.
        datasets: all data sets, the current one and its split.
        imports: brings files into them.
        my_digits: what people filed under its true digit, one of the data sets.
        filing: files what is drawn.
        selection: which of its examples are selected.
        session: the one training thread.
        live: the model in training, which answers while it learns.
        followed: the drawing whose prediction is followed through the training.
        epoch: which stored epoch is shown.
        runs: the newest training run of this session, under way or ended.
        kept_runs: all runs on the disk.
        sweeps: many trainings in other processes.
    """

    def __init__(
        self,
        settings: Settings,
        parent: QObject | None = None,
        *,
        autosave: Autosave | None = None,
        session: TrainingSession | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.autosave = autosave if autosave is not None else Autosave(parent=self)
        self.messages = Messages(self)
        self.drawing = DrawingDocument(self)
        self.models = ModelLibrary(settings, self.autosave, self.messages, self)
        self.model_care = ModelCare(self.models, self.autosave, self.messages, self)
        self.classifier = Classifier(self)
        self.classifier.set_reads_numbers(settings.read_numbers)
        self.prediction = Predictor(self.drawing, self.classifier, self)
        self.edits = LabelEdits(settings, self)
        self.datasets = DatasetLibrary(self, edits=self.edits, settings=settings)
        self.imports = DatasetImport(self.datasets, self.messages, self)
        self.my_digits = MyDigits(self.datasets, self.messages, self)
        self.filing = Filing(self.drawing, self.prediction, self.my_digits, settings, self.messages, self)
        self.selection = Selection(self)
        self.session = session if session is not None else TrainingSession(load_data=self.datasets.split_source())
        self.session.setParent(self)
        self.followed = FollowedDrawing(self)
        self.epoch = CurrentEpoch(self)
        self.live = LiveModel(self.session, self.drawing, self.classifier, self.models, self.followed, self.epoch, self)
        self.runs = RunLibrary(self)
        self.kept_runs = KeptRuns(self.session, self.models, self.messages, self)
        self.sweeps = Sweeps(self.datasets, self.messages, self)
        PenPriority(self.drawing, self.prediction, self.session, self)
        self._open = True
        self._keep_timer = QTimer(self, singleShot=True, interval=KEEP_DRAWING_MS)
        self._keep_timer.timeout.connect(self._keep_drawing)
        self._connect()

    def restore(self) -> None:
        """Bring back the model that answered last, and the drawing."""
        self.models.choose_first()
        drawing = self.autosave.restore_drawing()
        if drawing is not None and self.drawing.is_blank:
            self.drawing.set_drawing(drawing)
            self.drawing.undo_stack.clear()

    def close(self, timeout_seconds: float = 0.5) -> bool:
        """End the training, keep what was made and release the threads of BLAS; False if the training outlives it.

        May be called twice.
        """
        if not self._open:
            return True
        self._open = False
        self._keep_timer.stop()
        self.prediction.close()
        self.imports.shut_down()
        self.kept_runs.shut_down()
        self.sweeps.shut_down()
        self.live.keep_unfinished()
        ended = self.session.shutdown(timeout_seconds)
        self.classifier.release()
        self._keep_drawing()
        self.settings.read_numbers = self.classifier.reads_numbers
        self.autosave.finish()
        self.my_digits.finish()
        for stack in (self.drawing.undo_stack, self.edits.undo_stack, self.my_digits.undo_stack):
            # A stack still emits while Python's half of the window is already gone, and deletes its commands once more
            # if both are collected together.
            stack.blockSignals(True)
            stack.clear()
        return ended

    def _connect(self) -> None:
        self.drawing.changed.connect(self._keep_timer.start)
        self.drawing.message.connect(self.messages.message)
        self.datasets.current_changed.connect(self._on_dataset_changed)
        self.edits.changed.connect(self._on_edited)
        self.session.started.connect(self.runs.begin_run)
        self.session.progressed.connect(self.epoch.add_progress)
        self.session.progressed.connect(self.runs.add_progress)
        self.session.finished.connect(self.runs.end_run)
        self.session.failed.connect(self.runs.fail_run)

    @Slot()
    def _on_dataset_changed(self) -> None:
        # A run under way keeps the digits with which it began.
        self.session.set_data_source(self.datasets.split_source())
        self.selection.clear()

    @Slot()
    def _on_edited(self) -> None:
        self.session.set_data_source(self.datasets.split_source())

    @Slot()
    def _keep_drawing(self) -> None:
        self.autosave.keep_drawing(self.drawing.drawing())
