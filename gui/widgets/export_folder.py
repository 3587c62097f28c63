"""Where exports go: the folder of the last one, the name with its ending, and no file replaced unasked."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


class ExportFolder:
    """Remembers a folder, for all cards of a workspace together; "" while there is none."""

    path: str = ""

    def suggestion(self, name: str) -> str:
        """A file's full name in the folder, or the name alone where there is none."""
        return str(Path(self.path) / name) if self.path and Path(self.path).is_dir() else name

    def ask(self, parent: QWidget, title: str, name: str, kinds: str, others: tuple[str, ...] = ()) -> Path | None:
        """Ask where to write, and remember the folder.

        Args:
            parent: of the dialog.
            title: of the dialog.
            name: what to suggest; its ending is added to a name that has none of the endings taken ("loss v1.2").
            kinds: the file dialog's filter.
            others: further endings that are taken.
        """
        chosen, _ = QFileDialog.getSaveFileName(parent, title, self.suggestion(name), kinds)
        if not chosen:
            return None
        path, ending = Path(chosen), Path(name).suffix
        if not path.name.lower().endswith((ending, *others)):
            path = path.with_name(path.name + ending)
            # The dialog has asked about the name as it was typed.
            if path.exists() and not _may_replace(parent, path):
                return None
        self.path = str(path.parent)
        return path


def file_stem(words: str) -> str:
    """A file's name without its ending: small letters and digits of any script, a dash between words."""
    return "-".join("".join(sign if sign.isalnum() else " " for sign in words.lower()).split())


def _may_replace(parent: QWidget, path: Path) -> bool:
    standard = QMessageBox.StandardButton
    text = f"{path.name} is there already. Replace it?"
    answer = QMessageBox.question(parent, "Replace the file?", text, standard.Yes | standard.No, standard.No)
    return bool(answer == standard.Yes)
