"""What the buttons of the page of sweeps mean: each makes a plan, in another thread, from what stood in the form."""

from dataclasses import replace

from engine.storage.runs.run_entry import RunData
from gui.lab.kept_runs import KeptRun
from gui.workspaces.runs.vary_row import field_title
from models.presets.own_files import all_presets
from models.recipes.kept_runs import new_entry
from models.sweeps.experiments import learning_curve, race, validation_curve
from models.sweeps.plan import SweepPlan, Trial, make_plan
from models.sweeps.sweep import TrialState
from models.sweeps.trial import Digits
from models.sweeps.variation import Variation, value_text


def sweep_plan(preset: str, variations: list[Variation], seeds: int, _digits: Digits) -> SweepPlan:
    """Every combination with every seed."""
    return make_plan(preset, variations, seeds)


def learning_curve_plan(preset: str, seeds: int, digits: Digits) -> SweepPlan:
    """Error against the number of training examples."""
    return learning_curve(preset, len(all_presets()[preset].select(digits[0])), seeds)


def validation_curve_plan(preset: str, seeds: int, _digits: Digits) -> SweepPlan:
    """Error against λ."""
    return validation_curve(preset, seeds)


def race_plan(presets: list[str], variations: list[Variation], seeds: int, _digits: Digits) -> SweepPlan:
    """Side by side, with the same batches."""
    return race(presets, seeds, variations)


def as_run(state: TrialState, plan: SweepPlan) -> KeptRun:
    """A trial as the chart of runs knows them, called by what is varied."""
    trial, fields = state.trial, [variation.field for variation in plan.variations]
    words = [value_text(value) for field, value in trial.values.items() if field in fields]
    if len({(other.preset, *other.values.items()) for other in plan.trials}) < len(plan.trials):
        words.append(f"seed {trial.config.seed}")
    entry = new_entry(trial.model_preset(), trial.config, RunData("", ""))
    return KeptRun(replace(entry, run_id=trial.run_id, name=", ".join(words)), state.epochs, state.state, False)


def words_of(trial: Trial, plan: SweepPlan) -> str:
    """What is varied, with its values in a trial."""
    varied = [f"{field_title(one.field)} {value_text(trial.values[one.field])}" for one in plan.variations]
    return ", ".join([*(varied or [trial.preset]), f"seed {trial.config.seed}"])
