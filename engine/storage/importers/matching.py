"""Which array of a file belongs to which parameter: by the layers' names, in order, or by shapes that allow one way."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.core.parameters import Shape
from engine.errors import ModelFileError
from engine.layers import Activation, Dense, Dropout, Flatten, Layer
from engine.layers.activation import ActivationLayer
from engine.storage.exporters.steps import layer_names
from engine.storage.importers.folded import OFFSET, SCALE, can_unfold
from engine.storage.importers.importer import quoted
from engine.storage.importers.layouts import KERAS, PYTORCH, Form, forms
from engine.storage.importers.weight_arrays import HeldArray

# What other programs call our parameters; which word is meant depends on what the layer has.
_WORDS = {
    "kernel": ("kernel", "weight", "weights", "w", "depthwise_kernel"),
    "bias": ("bias", "b"),
    "gamma": ("gamma", "weight", "scale"),
    "beta": ("beta", "bias", "offset"),
    "moving_mean": ("moving_mean", "running_mean", "mean"),
    "moving_variance": ("moving_variance", "running_var", "variance", "var"),
    "mean": ("mean",),
    "variance": ("variance", "var"),
}
_ROLES = {word for words in _WORDS.values() for word in words}


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A layer that wants weights.

    Attributes:
        layer: built.
        name: of the layer, as exports write it.
        flattened: the image (height, width, channels) whose flattening it works on; None elsewhere.
    """

    layer: Layer
    name: str
    flattened: Shape | None


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """An array for a parameter.

    Attributes:
        held: the array.
        parameter: name of the parameter; `SCALE` and `OFFSET` stand for all of a layer's.
        form: how the array lies.
    """

    held: HeldArray
    parameter: str
    form: Form


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """Arrays for all layers.

    Attributes:
        matches: a list for each slot.
        way: "by name", "in order" or "by shape".
        layout: "keras" or "pytorch".
    """

    matches: list[list[Match]]
    way: str
    layout: str


def slots_of(layers: Sequence[Layer]) -> list[Slot]:
    """The layers of a network that want weights."""
    slots = []
    flattened: Shape | None = None
    for layer, name in zip(layers, layer_names(layers), strict=True):
        if isinstance(layer, Flatten):
            image = tuple(layer.input_shape)
            flattened = image if len(image) == 3 else None
        elif layer.specs:
            slots.append(Slot(layer, name, flattened))
            flattened = None if isinstance(layer, Dense) else flattened
        elif not isinstance(layer, Dropout | Activation | ActivationLayer):
            flattened = None
    return slots


def match(held: Sequence[HeldArray], slots: Sequence[Slot], layout: str, *, in_order: bool, mixed: bool) -> Matching:
    """The arrays for all slots.

    Args:
        held: arrays of the file.
        slots: what wants them.
        layout: "keras", "pytorch", or "" for whichever fits.
        in_order: whether the file's order means anything.
        mixed: whether images were flattened with the channels first.

    Raises:
        ModelFileError: nothing fits; the sentence names the first shape that does not.
    """
    # Counters are no weights.
    counters = ("num_batches_tracked", "count")
    held = [one for one in held if _role(one.name) not in counters and (one.shape or _role(one.name) in _ROLES)]
    layouts = [layout] if layout else _likely_layouts(held)
    fault: ModelFileError | None = None
    for way, groups in _arrangements(held, slots, in_order):
        fitting = []
        for one in layouts:
            try:
                fitting.append(Matching(_fit(groups, slots, one, mixed and one == PYTORCH), way, one))
            except ModelFileError as error:
                fault = fault or error
        if len(fitting) == 2 and not _says_layout(held):
            raise ModelFileError(
                "fits as Keras' and as PyTorch's weights, whose matrices are turned: say which "
                "(--layout keras or --layout pytorch)."
            )
        if fitting:
            return fitting[0]
    for one in layouts:
        found = _by_shape(held, slots, one, mixed and one == PYTORCH)
        if found is not None:
            return Matching(found, "by shape", one)
    assert fault is not None
    raise fault


def _says_layout(held: Sequence[HeldArray]) -> bool:
    return any(_role(one.name) in ("kernel", "weight", "running_mean") for one in held)


def _likely_layouts(held: Sequence[HeldArray]) -> list[str]:
    """The layouts, the likelier first: PyTorch says "weight", Keras says "kernel"."""
    roles = {_role(one.name) for one in held}
    return [PYTORCH, KERAS] if roles & {"weight", "running_mean"} else [KERAS, PYTORCH]


def neutral_of(held: HeldArray) -> float | None:
    """The value of an array that changes nothing in a layer that has no such parameter; None where there is none."""
    return {"bias": 0.0, "beta": 0.0, "gamma": 1.0}.get(_role(held.name))


def _role(name: str) -> str:
    return re.split(r"[./]", re.sub(r":\d+$", "", name))[-1].lower()


def _arrangements(
    held: Sequence[HeldArray], slots: Sequence[Slot], in_order: bool
) -> Iterator[tuple[str, list[Mapping[str, HeldArray] | list[HeldArray]]]]:
    """The ways to deal arrays out to slots, the surest first: for each slot its arrays by role, or in order."""
    groups: dict[str, dict[str, HeldArray]] = {}
    for one in held:
        if _role(one.name) in _ROLES:
            prefix = re.sub(r":\d+$", "", one.name)[: -len(_role(one.name)) - 1]
            groups.setdefault(prefix, {})[_role(one.name)] = one
    if sum(map(len, groups.values())) == len(held):
        last = {re.split(r"[./]", prefix)[-1]: group for prefix, group in groups.items()}
        if len(last) == len(groups) and {slot.name for slot in slots} <= set(last):
            known = {slot.name for slot in slots}
            rest = [array for name, group in last.items() if name not in known for array in group.values()]
            # What our exports hold beside parameters: fixed factors, of layers without any.
            if not any(_role(one.name) not in (SCALE, OFFSET) for one in rest):
                yield "by name", [last[slot.name] for slot in slots]
        ordered = list(groups) if in_order else sorted(groups, key=_natural)
        yield "in order", _dealt([groups[prefix] for prefix in ordered], len(slots))
    else:
        yield "in order", _in_rows(list(held) if in_order else sorted(held, key=lambda one: _natural(one.name)), slots)


def _dealt(groups: list[dict[str, HeldArray]], count: int) -> list[Mapping[str, HeldArray] | list[HeldArray]]:
    """A group for each slot; what is left over stands at the end."""
    return [*groups, *({} for _ in range(count - len(groups)))]


def _in_rows(held: list[HeldArray], slots: Sequence[Slot]) -> list[Mapping[str, HeldArray] | list[HeldArray]]:
    rows: list[Mapping[str, HeldArray] | list[HeldArray]] = []
    start = 0
    for slot in slots:
        end = start + len(slot.layer.specs)
        rows.append(held[start:end])
        start = end
    return rows if start >= len(held) else [*rows, held[start:]]


def _natural(name: str) -> list[tuple[int, str]]:
    """10 comes after 2."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _fit(
    groups: Sequence[Mapping[str, HeldArray] | list[HeldArray]], slots: Sequence[Slot], layout: str, mixed: bool
) -> list[list[Match]]:
    matches = []
    for slot, group in zip(slots, groups, strict=False):
        taken: list[Match] = []
        roles: dict[int | str, HeldArray] = {}
        roles.update(enumerate(group) if isinstance(group, list) else group.items())
        if can_unfold(slot.layer) and set(roles) == {SCALE, OFFSET}:
            shape = slot.layer.input_shape[-1:]
            for role in (SCALE, OFFSET):
                taken.append(_held(slot, role, roles[role], [Form(shape, lambda array: array)]))
            matches.append(taken)
            continue
        for place, spec in enumerate(slot.layer.specs):
            words: tuple[int | str, ...] = _WORDS.get(spec.name, (spec.name,))
            if isinstance(group, list):
                words = (place,)
            key = next((word for word in words if word in roles), None)
            if key is None:
                raise ModelFileError(
                    f"holds no array for the layer {quoted(slot.name)}, which needs a {spec.name} of shape "
                    f"{spec.shape}."
                )
            shapes = forms(slot.layer, spec, layout, slot.flattened if mixed else None)
            taken.append(_held(slot, spec.name, roles.pop(key), shapes))
        for extra in roles.values():
            # A layer without a bias may be written with one of zeros, a normalization without a scale with ones.
            if neutral_of(extra) is None:
                raise _left_over(extra)
            taken.append(Match(extra, "", Form(extra.shape, lambda array: array)))
        matches.append(taken)
    for group in groups[len(slots) :]:
        for extra in group if isinstance(group, list) else group.values():
            raise _left_over(extra)
    return matches


def _held(slot: Slot, parameter: str, held: HeldArray, shapes: Sequence[Form]) -> Match:
    for form in shapes:
        if form.shape == held.shape:
            return Match(held, parameter, form)
    raise ModelFileError(
        f"does not fit: the layer {quoted(slot.name)} needs a {parameter} of shape {shapes[0].shape}, and the file "
        f"holds {quoted(held.name)} of shape {held.shape}."
    )


def _left_over(extra: HeldArray) -> ModelFileError:
    return ModelFileError(f"holds {quoted(extra.name)} of shape {extra.shape}, for which there is no layer.")


def _by_shape(held: Sequence[HeldArray], slots: Sequence[Slot], layout: str, mixed: bool) -> list[list[Match]] | None:
    """The only way in which the shapes fit, whatever names and order are; None where there is none or several."""
    free = list(held)
    matches = []
    for slot in slots:
        taken = []
        for spec in slot.layer.specs:
            shapes = forms(slot.layer, spec, layout, slot.flattened if mixed else None)
            fitting = [(one, form) for one in free for form in shapes if form.shape == one.shape]
            if len(fitting) != 1:
                return None
            one, form = fitting[0]
            free.remove(one)
            taken.append(Match(one, spec.name, form))
        matches.append(taken)
    return None if free else matches
