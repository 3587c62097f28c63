"""The workspaces in the order of their tabs: data only, so that nothing is imported before it is shown."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """A command of a workspace: one `QAction` that menu, button and shortcut share.

    Attributes:
        name: the action's object name ends in "Action" after it; the workspace finds it by this name.
        text: as the menu shows it, & before the access key.
        tip: what it does, one sentence.
        keys: its shortcut, "" for none.
        separated: whether the menu draws a line above it.
    """

    name: str
    text: str
    tip: str
    keys: str = ""
    separated: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceKind:
    """A workspace as data.

    Attributes:
        key: its name in settings and object names: the widget is called `<key>Workspace`.
        title: on the tab.
        module, class_name: where its class is.
        tip: what the tab is for, a few words.
        commands: its lines in a menu of the same title; none for a workspace without a menu.
    """

    key: str
    title: str
    module: str
    class_name: str
    tip: str
    commands: tuple[CommandRecord, ...] = ()

    @property
    def object_name(self) -> str:
        """Of the widget, whether it is built already or not."""
        return f"{self.key}Workspace"


# To add a workspace: a folder beside this file with a `workspace.py`, and its lines here.
WORKSPACES: Final = (
    WorkspaceKind(
        "train",
        "Train",
        "gui.workspaces.train.workspace",
        "TrainWorkspace",
        "Watch a network learn",
        (
            CommandRecord("train", "&Train", "Train a fresh model with these settings in the background", "Ctrl+T"),
            CommandRecord("pause", "&Pause", "Hold the training; nothing is lost", "Ctrl+P"),
            CommandRecord("stop", "&Stop", "End the training and keep the weights as they are now", "Ctrl+."),
            CommandRecord(
                "step",
                "&One step",
                "Train on a single batch of digits, then hold, to see what one step does",
                "Ctrl+1",
                separated=True,
            ),
            CommandRecord("epoch", "One &epoch", "Train once through all digits, then hold", "Ctrl+2"),
            CommandRecord(
                "continue", "&Continue", "Train the last model so many more epochs instead of a fresh one", "Ctrl+3"
            ),
            CommandRecord(
                "continue_model",
                "Continue the &recogniser",
                "Train the model that answers so many more epochs with these settings; its record goes on",
            ),
            CommandRecord(
                "pin",
                "Follow &this drawing",
                "Show how the prediction for the drawing on the canvas changes while a model learns",
                "Ctrl+D",
                separated=True,
            ),
        ),
    ),
    WorkspaceKind(
        "preprocessing",
        "Preprocessing",
        "gui.workspaces.preprocessing.workspace",
        "PreprocessingWorkspace",
        "See what becomes of a drawing before the model answers",
    ),
    WorkspaceKind(
        "evaluate",
        "Evaluate",
        "gui.workspaces.evaluate.workspace",
        "EvaluateWorkspace",
        "See which digits a model fails on, and how sure it is of that",
    ),
    WorkspaceKind(
        "inspect",
        "Inspect",
        "gui.workspaces.inspect.workspace",
        "InspectWorkspace",
        "See the formulas at work, with your drawing in them",
    ),
    WorkspaceKind(
        "data",
        "Data",
        "gui.workspaces.data.workspace",
        "DataWorkspace",
        "Choose the digits to learn from, and see what is in them",
    ),
    WorkspaceKind(
        "my_digits",
        "My digits",
        "gui.workspaces.my_digits.workspace",
        "MyDigitsWorkspace",
        "Keep your own digits under what they are, and let models learn from them",
        (
            CommandRecord("learn", "&Learn from my digits", "Train a copy of the recogniser further on my digits"),
            CommandRecord("undo_filing", "&Undo", "Take the last change of my digits back"),
            CommandRecord("redo_filing", "&Redo", "Make the change of my digits again"),
        ),
    ),
    WorkspaceKind(
        "runs",
        "Runs",
        "gui.workspaces.runs.workspace",
        "RunsWorkspace",
        "Look after all trainings: compare them, go on with them",
    ),
)
