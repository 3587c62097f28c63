"""The best way to cut a row of parts into digits, by dynamic programming."""

from collections.abc import Sequence

import numpy as np

from engine.ink.segmentation.groups import StrokeGroup


def best_partition(groups: Sequence[StrokeGroup], log_likelihoods: Sequence[float]) -> tuple[list[int], float]:
    """The groups that take every part exactly once and are the likeliest together.

    A partition's logarithm of the probability is the sum over its groups of `log_prior` and of what the model says. The
    probability of the best one among all partitions is found in the same pass, with sums in place of maxima.

    Args:
        groups: from `candidate_groups`, not empty.
        log_likelihoods: for each group how well it looks like a digit, finite.

    Returns:
        The positions of the chosen groups, from left to right, and the partition's probability in [0, 1].
    """
    count = max(group.stop for group in groups)
    best = np.full(count + 1, -np.inf)
    total = np.full(count + 1, -np.inf)
    best[0] = total[0] = 0.0
    taken = [-1] * (count + 1)
    # Ascending `first`: whatever ends where a group starts has been seen.
    for place in sorted(range(len(groups)), key=lambda place: groups[place].first):
        group = groups[place]
        score = group.log_prior + log_likelihoods[place]
        if best[group.first] + score > best[group.stop]:
            best[group.stop] = best[group.first] + score
            taken[group.stop] = place
        total[group.stop] = np.logaddexp(total[group.stop], total[group.first] + score)
    chosen = []
    stop = count
    while stop > 0:
        chosen.append(taken[stop])
        stop = groups[taken[stop]].first
    return chosen[::-1], float(min(1.0, np.exp(best[count] - total[count])))
