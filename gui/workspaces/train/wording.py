"""How the window says where a training run is."""

from engine.training.messages import EpochEnded, TrainingFinished, TrainingProgress

# What a metric is called, and its unit: "%" for parts of one.
METRIC_NAMES = {"accuracy": ("accuracy", "%"), "f1": ("F1", "%"), "rmse": ("error", "°")}


def progress_text(progress: TrainingProgress, first_epoch: int = 0, first_step: int = 0, metrics: str = "") -> str:
    """One line, such as "Epoch 7 of 12 · 24,310 digits/s · 3 s left" or "Paused after step 1 · loss 2.3".

    Args:
        progress: where the run is.
        first_epoch: epochs that the model had seen before this run.
        first_step: steps likewise.
        metrics: what is known of the model now, told in a pause.
    """
    epoch, total = first_epoch + progress.epoch, first_epoch + progress.total_epochs
    if progress.paused:
        epochs = float(progress.epochs_after(progress.step))
        done, into_epoch = round(epochs), abs(epochs - round(epochs)) > 1e-9
        where = (
            f"in epoch {epoch} of {total}" if into_epoch or not done else f"after epoch {first_epoch + done} of {total}"
        )
        parts = [f"Paused {where}", f"step {first_step + progress.step:,}"]
        if into_epoch and int(epochs) and metrics and not metrics.startswith("loss"):
            # The weights have moved on since it was measured.
            metrics = f"epoch {first_epoch + int(epochs)}: {metrics}"
        return " · ".join([*parts, metrics] if metrics else parts)
    parts = [f"Epoch {epoch} of {total}"]
    if progress.images_per_second > 0:
        parts.append(f"{progress.images_per_second:,.0f} digits/s")
    if progress.seconds_left is not None:
        parts.append(f"{duration_text(progress.seconds_left)} left")
    return " · ".join(parts)


def finished_text(finished: TrainingFinished, first_epoch: int = 0) -> str:
    """One line about a run that ended, such as "Finished 12 epochs · 14 s · validation accuracy 98.7 %".

    Args:
        finished: how, counted from the very beginning of the model.
        first_epoch: epochs that the model had seen before this run.
    """
    if finished.reason == "diverged":
        return finished.message
    quick = finished.seconds < 10
    if not finished.history and not finished.seconds:
        return finished.message
    # In a small window a longer sentence would push the charts down; that the weights are kept, Stop itself says.
    what = "Stopped" if finished.reason == "stopped" else finished.message.rstrip(".")
    if first_epoch and finished.reason == "completed":
        what += f", {finished.epochs} in all"
    parts = [what, f"{finished.seconds:.1f} s" if quick else duration_text(finished.seconds)]
    kept = finished.kept
    if kept is not None and (metric := main_metric(kept)):
        earlier = kept in finished.history[:-1]
        parts.append(f"kept epoch {kept.epoch}: {metric}" if earlier else metric)
    return " · ".join(parts)


def newest_metrics(progress: TrainingProgress, before: str = "") -> str:
    """What is known of a model in training: its last epoch's metric, before the first one the loss of a batch."""
    if progress.epochs:
        return main_metric(progress.epochs[-1])
    if progress.batch_losses.size and (not before or before.startswith("loss")):
        return f"loss {progress.batch_losses[-1]:.3g}"
    return before


def main_metric(epoch: EpochEnded) -> str:
    """The metric of an epoch that a person asks for first, such as "validation accuracy 98.7 %"."""
    validated = bool(epoch.validation_metrics)
    metrics, word = (
        (epoch.validation_metrics if validated else epoch.metrics),
        "validation" if validated else "training",
    )
    for key in ("f1", "accuracy", "rmse"):
        if key in metrics:
            return f"{word} {METRIC_NAMES[key][0]} {metric_text(key, metrics[key])}"
    return ""


def metric_text(metric: str, value: float) -> str:
    """A metric with its unit: "98.7 %", "6.2°", "0.031"."""
    unit = METRIC_NAMES.get(metric, ("", ""))[1]
    if unit == "%":
        return f"{100 * value:.1f} %"
    return f"{value:.1f}{unit}" if unit else f"{value:.3g}"


def duration_text(seconds: float) -> str:
    """A time as a person says it: "3 s", "2 min 5 s", "1 h 12 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"
