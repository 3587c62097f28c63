"""Attention: each place of a sequence takes from all places what fits its question.

A. Vaswani et al., "Attention is all you need", 2017.
"""

from typing import Any

import numpy as np

from engine.keras import ops
from engine.keras.random import dropout
from engine.layer_support.own_classes import register_class
from engine.layers import Layer

# What a place that is not to be seen gets before the softmax.
_UNSEEN = -1e9


def _attended(scores: Any, mask: Any, causal: bool, rate: float, training: bool | None) -> Any:
    """Scores (…, asking, asked) as shares that sum to 1 over what may be seen."""
    if mask is not None:
        scores = ops.where(ops.cast(mask, "bool"), scores, _UNSEEN)
    if causal:
        scores = ops.where(np.tri(np.shape(scores)[-2], np.shape(scores)[-1], dtype=bool), scores, _UNSEEN)
    shares = ops.softmax(scores)
    return dropout(shares, rate) if rate and training else shares


@register_class("keras")
class MultiHeadAttention(Layer):
    """Several attentions side by side: query (batch, asking, features), value and key (batch, asked, features).

    Args:
        num_heads: how many.
        key_dim, value_dim: numbers of each head's questions and answers; the answers' are the questions' for None.
        dropout: share of the places that are silenced in training.
        use_bias: whether the four products have biases.
        output_shape: features of the outputs; those of the query for None.
        kernel_initializer, bias_initializer: of the weights.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.num_heads, self.key_dim, self.value_dim = int(num_heads), int(key_dim), int(value_dim or key_dim)
        self.dropout, self.use_bias, self.features = float(dropout), bool(use_bias), output_shape
        self.initializers = kernel_initializer, bias_initializer

    def build(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:  # type: ignore[override]
        """The weights: a kernel and a bias for query, key, value and outputs."""
        value_shape = value_shape or query_shape
        heads, outputs = self.num_heads, int(self.features or query_shape[-1])
        self.products = [
            self._product("query", (query_shape[-1], heads, self.key_dim), (heads, self.key_dim)),
            self._product("key", ((key_shape or value_shape)[-1], heads, self.key_dim), (heads, self.key_dim)),
            self._product("value", (value_shape[-1], heads, self.value_dim), (heads, self.value_dim)),
            self._product("output", (heads, self.value_dim, outputs), (outputs,)),
        ]

    def _product(self, name: str, shape: tuple[int, ...], bias: tuple[int, ...]) -> tuple[Any, Any]:
        kernel = self.add_weight(name=f"{name}_kernel", shape=shape, initializer=self.initializers[0])
        if not self.use_bias:
            return kernel, 0.0
        return kernel, self.add_weight(name=f"{name}_bias", shape=bias, initializer=self.initializers[1])

    def call(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """The outputs (batch, asking, features), and the shares (batch, heads, asking, asked) if wished."""
        given = (query, value if key is None else key, value)
        asked, keys, values = (
            ops.einsum("bsd,dhk->bshk", part, kernel) + bias
            for part, (kernel, bias) in zip(given, self.products[:3], strict=True)
        )
        scores = ops.einsum("bshk,bthk->bhst", asked, keys) * self.key_dim**-0.5
        mask = None if attention_mask is None else np.asarray(attention_mask)
        mask = mask[:, np.newaxis] if mask is not None and mask.ndim == 3 else mask
        shares = _attended(scores, mask, use_causal_mask, self.dropout, training)
        kernel, bias = self.products[3]
        outputs = ops.einsum("bshk,hkd->bsd", ops.einsum("bhst,bthk->bshk", shares, values), kernel) + bias
        return (outputs, shares) if return_attention_scores else outputs

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(), "num_heads": self.num_heads, "key_dim": self.key_dim, "value_dim": self.value_dim,
            "dropout": self.dropout, "use_bias": self.use_bias, "output_shape": self.features,
        }  # fmt: skip


@register_class("keras")
class Attention(Layer):
    """softmax(query·keyᵀ)·value for a list of (batch, places, features): query, value, and key if it is another.

    Args:
        use_scale: whether the scores have a factor that is trained.
        score_mode: "dot".
        dropout: share of the places that are silenced in training.
    """

    def __init__(self, use_scale: bool = False, score_mode: str = "dot", dropout: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.use_scale, self.score_mode, self.dropout = bool(use_scale), score_mode, float(dropout)

    def build(self, input_shape: Any) -> None:  # type: ignore[override]
        """The factor, if there is one."""
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones") if self.use_scale else 1.0

    def scores(self, query: Any, key: Any) -> Any:
        """How well each key fits each question, (batch, asking, asked)."""
        return ops.matmul(query, ops.swapaxes(key, -1, -2)) * self.scale

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """The answers (batch, asking, features), and the shares (batch, asking, asked) if wished."""
        query, value = inputs[:2]
        shares = _attended(
            self.scores(query, inputs[-1] if len(inputs) > 2 else value), None, use_causal_mask, self.dropout, training
        )
        answers = ops.matmul(shares, value)
        return (answers, shares) if return_attention_scores else answers

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "use_scale": self.use_scale, "dropout": self.dropout}


@register_class("keras")
class AdditiveAttention(Attention):
    """The same with Σ tanh(query + key) as scores.

    Args:
        use_scale: whether each feature has a factor that is trained.
        dropout: share of the places that are silenced in training.
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **options: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **options)

    def build(self, input_shape: Any) -> None:  # type: ignore[override]
        """The factors, if there are some."""
        features = (input_shape[0][-1],)
        self.scale = (
            self.add_weight(name="scale", shape=features, initializer="glorot_uniform") if self.use_scale else 1.0
        )

    def scores(self, query: Any, key: Any) -> Any:
        """How well each key fits each question, (batch, asking, asked)."""
        return ops.sum(self.scale * ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(key, 1)), axis=-1)


__all__ = ["AdditiveAttention", "Attention", "MultiHeadAttention"]
