"""Imports inside functions: they are there for start-up time alone, and `test_architecture.py` holds this list.

A program or a window that does not need a library, the training loop or a tab does not wait for it. None of them hides
an import circle: circles are searched with these imports counted.
"""

# File → the modules that its functions import.
LATE_IMPORTS = {
    "engine/core/activations/rectifiers.py": "scipy.special",
    "engine/core/user_folders.py": "platformdirs",
    "engine/data/download.py": "http.client urllib.error urllib.request",
    "engine/data/exporting.py": "PIL",
    "engine/data/readers/pictures.py": "PIL",
    "engine/evaluation/robustness.py": "scipy",
    "engine/ink/photos/background.py": "scipy",
    "engine/ink/photos/found_ink.py": "engine.ink.segmentation.groups scipy",
    "engine/ink/photos/images.py": "PIL",
    "engine/ink/photos/ink_mask.py": "scipy",
    "engine/ink/photos/pen_width.py": "PIL scipy",
    "engine/ink/photos/ruling.py": "scipy",
    "engine/ink/photos/sheet.py": "PIL scipy",
    "engine/ink/photos/small_digits.py": "PIL scipy",
    "engine/ink/photos/thin_pens.py": "scipy",
    "engine/ink/photos/tight_crop.py": "scipy",
    "engine/ink/polygons.py": "scipy.spatial",
    "engine/keras/backend.py": "engine.sequential.graph",
    "engine/keras/network_picture.py": "PIL",
    "engine/keras/preprocessing/picture_files.py": "PIL",
    "engine/layer_support/by_call.py": "engine.core.tape",
    "engine/layers/function_activation.py": "engine.core.tape",
    "engine/fused/penalized_stage.py": "engine.core.tape",
    "engine/losses/choice.py": "engine.losses.own",
    "engine/keras/ops.py": "scipy.special",
    "engine/optimizers/lbfgs.py": "scipy.optimize",
    "engine/sequential/compiled_network.py": (
        "engine.network.summary engine.sequential.compiling engine.sequential.saving"
    ),
    "engine/sequential/own_rules.py": "engine.core.tape",
    "engine/sequential/saving.py": "safetensors safetensors.numpy",
    "engine/sequential/asked_network.py": "engine.parallel.batch_evaluator engine.sequential.own_run",
    "engine/sequential/own_steps.py": "engine.core.tape engine.sequential.own_run",
    "engine/sequential/sequential.py": (
        "engine.sequential.bridge engine.sequential.own_run engine.sequential.stepwise engine.training.config "
        "engine.training.trainer"
    ),
    "engine/storage/model_container.py": "safetensors safetensors.numpy",
    "engine/storage/exporters/onnx_file.py": "onnxruntime",
    "engine/storage/exporters/onnx_graph.py": "onnx",
    "engine/tf/io.py": "PIL",
    "engine/threads/blas_threads.py": "threadpoolctl",
    "gui/app/application.py": "gui.app.file_open_events gui.app.self_check gui.lab.lab gui.window.main_window",
    "gui/lab/classifier.py": "models.reading.images models.reading.numbers",
    "gui/lab/dataset_library.py": "engine.data engine.data.bundled_digits engine.data.mixture engine.data.split",
    "gui/lab/label_edits.py": "engine.data.picture_marks",
    "gui/lab/filing.py": "engine.data.image_drawings",
    "gui/lab/image_input.py": "PIL",
    "gui/lab/model_titles.py": "engine.storage.runs.run_folder",
    "gui/lab/kept_runs.py": "engine.storage.runs.run_store models.recipes.kept_runs",
    "gui/lab/my_digits.py": "engine.data engine.data.image_drawings",
    "gui/lab/sweeps.py": (
        "engine.storage.runs.run_store models.sweeps.cluster models.sweeps.local_processes models.sweeps.sweep"
    ),
    "gui/lab/training_run.py": (
        "engine.optimizers engine.storage.runs.run_recorder engine.training.hints.observations "
        "engine.training.knob_turning engine.training.trainer "
        "models.recipes.earlier_training models.recipes.epoch_copies models.recipes.epoch_files "
        "models.recipes.kept_runs models.recipes.refusal "
        "models.recipes.training_record "
        "models.recipes.training_summary"
    ),
    "gui/lab/training_defaults.py": "engine.data engine.training.trainer",
    "gui/services/autosave.py": "engine.ink.drawing_files engine.storage.model_file",
    "gui/window/about_dialog.py": "threadpoolctl",
    "gui/window/commands.py": "gui.window.about_dialog",
    "gui/window/dialogs.py": "gui.window.model_words_dialog gui.window.unsaved_dialog",
    "gui/window/model_export.py": "engine.data engine.storage.exporters",
    "gui/window/model_import.py": "models.presets.own_files models.recipes.importing",
    "gui/window/opening.py": (
        "engine.data.readers.registry engine.ink.drawing_files engine.storage.importers gui.lab.image_input"
    ),
    "gui/workspaces/train/editor/editor_desk.py": (
        "gui.workspaces.train.editor.network_editor models.presets models.presets.own"
    ),
    "gui/workspaces/train/hints/hint_list.py": "engine.training.hints.registry",
    "gui/workspaces/train/hints/hint_watch.py": (
        "engine.optimizers engine.training.hints.observations engine.training.hints.registry"
    ),
    "gui/workspaces/train/layer_watch.py": "engine.inspection.layer_readings engine.inspection.twin",
    "gui/lab/dataset_import.py": "models.data_check",
    "gui/workspaces/data/choice_card.py": (
        "gui.workspaces.data.download_sheet gui.workspaces.data.mixture_sheet gui.workspaces.data.reading_sheet"
    ),
    "gui/workspaces/data/inspection.py": "models.data_check models.label_check",
    "gui/workspaces/data/workspace.py": "models.data_check",
    "gui/workspaces/runs/workspace.py": "gui.workspaces.runs.sweep_page",
    "gui/workspaces/train/rate_finder/rate_desk.py": (
        "engine.optimizers engine.training.rate_finder gui.workspaces.train.rate_finder.rate_dialog "
        "gui.workspaces.train.rate_finder.rate_search"
    ),
    "gui/workspaces/train/offered.py": (
        "engine.core.class_settings engine.evaluation.metrics engine.optimizers engine.optimizers.schedules "
        "engine.training.callbacks engine.training.config engine.training.trainer models.presets.own_files "
        "models.recipes.epoch_files models.recipes.file_settings"
    ),
    "main.py": "gui.app.application models.cli",
    "models/cli/bench.py": (
        "engine.data engine.ink engine.ink.drawing engine.parallel.batch_evaluator "
        "engine.threads.blas_threads engine.training.config engine.training.trainer models.presets numpy"
    ),
    "models/cli/classify.py": (
        "engine.data engine.data.readers.folder engine.evaluation.calibration engine.ink engine.ink.drawing "
        "engine.ink.drawing_files engine.ink.photos.found_ink engine.ink.photos.images models.presets.pretrained "
        "models.reading.images models.reading.numbers numpy"
    ),
    "models/cli/data_options.py": "engine.data models.data_check",
    "models/cli/evaluate.py": (
        "engine.data engine.evaluation.comparison models.data_check models.presets.pretrained models.scoring "
        "models.scoring.metrics"
    ),
    "models/cli/export.py": "engine.data engine.storage.exporters models.presets.pretrained",
    "models/cli/gradcheck.py": "engine.data engine.network.gradient_check engine.training.config numpy",
    "models/cli/importing.py": "models.recipes.importing",
    "models/cli/parsing.py": "engine.version",
    "models/cli/runs.py": (
        "engine.storage.runs.run_store models.cli.kept_arguments models.cli.train models.cli.training_report"
        " models.recipes.kept_runs"
    ),
    "models/cli/saving.py": "engine.storage.model_file",
    "models/cli/train.py": (
        "engine.storage.model_file engine.storage.runs.run_recorder engine.training.messages "
        "engine.training.trainer models.cli.kept_arguments models.cli.training_report models.cli.watched_training "
        "models.recipes.cross_fold_calibration models.recipes.epoch_copies models.recipes.epoch_files "
        "models.recipes.full_recipe "
        "models.recipes.kept_runs models.recipes.refusal models.recipes.training_data "
        "models.recipes.training_summary numpy"
    ),
    "models/cli/sweep.py": (
        "engine.storage.runs.run_store models.cli.kept_arguments models.presets "
        "models.recipes.training_data models.sweeps.cluster models.sweeps.local_processes models.sweeps.plan "
        "models.sweeps.summary models.sweeps.sweep models.sweeps.variation"
    ),
    "models/sweeps/cluster.py": "distributed",
    "models/cli/training_report.py": "rich.console rich.progress",
    "models/presets/pretrained.py": "engine.storage.importers",
    "models/presets/preset.py": "engine.data.augmentation.images",
    "models/presets/angle.py": "engine.data.augmentation.rotation",
}
