#!/usr/bin/env python3
"""What plain numpy says of a table of values: expectations of test_cell_statistics.cpp.

    python3 tests/analysis/statistics/numpy_statistics.py > tests/analysis/statistics/numpy_statistics.inc

With a result file (needs h5py), compares its /models/*/statistics with the raw values instead:

    python3 tests/analysis/statistics/numpy_statistics.py patch.h5
"""
import sys

import numpy as np


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def words(seed, blocks, row, use):
    key = (seed & 0xFFFFFFFF, seed >> 32)
    return [word for block in range(blocks) for word in philox((block, 0, row, use), key)]


def draws(seed, n, resamples):
    return np.array([[(w * n) >> 32 for w in words(seed, -(-n // 4), r, 0)[:n]]
                     for r in range(resamples)])


def signs(seed, n, flips):
    rows = []
    for f in range(flips):
        own = words(seed, -(-n // 128), f, 1)
        rows.append([-1.0 if own[i // 32] >> (i % 32) & 1 else 1.0 for i in range(n)])
    return np.array(rows)


def intervals(means):
    """[resample, cell] of means: the 2.5th and the 97.5th percentile."""
    return np.nanpercentile(means, [2.5, 97.5], axis=0)


def resampled(values, weights, drawn):
    has = ~np.isnan(values)
    x, w = np.where(has, values, 0.0), np.where(has, weights[:, None], 0.0)
    return np.array([x[row].sum(0) / w[row].sum(0) for row in drawn])


def flip_p(values, turned):
    x = np.where(np.isnan(values), 0.0, values)
    sums, observed = turned @ x, x.sum(0)
    extreme = (np.abs(sums) >= np.abs(observed) - 1e-12 * np.abs(x).sum(0)).sum(0)
    return (1 + extreme) / (1 + len(turned))


def q_of(p):
    p = np.asarray(p)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    raw = p[order] * len(order) / np.arange(1, len(order) + 1)
    q = np.full(p.shape, np.nan)
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return q


def statistics(values, seed, resamples, flips, weights=None):
    """values: [sample, cell]. Returns mean, ci95 [2, cell], p, q."""
    n = len(values)
    weights = np.ones(n) if weights is None else weights
    has = ~np.isnan(values)
    count = has.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(values, 0) / np.where(has, weights[:, None], 0.0).sum(0)
        ci = intervals(resampled(values, weights, draws(seed, n, resamples)))
    p = np.where(count > 1, flip_p(values, signs(seed, n, flips)), np.nan)
    return mean, np.where(count > 1, ci, np.nan), p, q_of(p)


def example():
    """Without a generator of numpy's, whose numbers may change."""
    i, cell = np.arange(23.0)[:, None], np.arange(5.0)[None, :]
    values = np.sin(1.7 * i + 0.9 * cell) + 0.25 * cell
    values[:9, 3] = np.nan
    values[1:, 4] = np.nan
    weights = 2.0 + np.cos(0.7 * np.arange(23.0))
    return values, weights


def print_example():
    values, weights = example()
    print("// Made by tests/analysis/statistics/numpy_statistics.py.")

    def array(name, numbers):
        body = ", ".join("nan" if np.isnan(x) else repr(float(x)) for x in np.ravel(numbers))
        print(f"const std::vector<double> {name}{{{body}}};")

    array("exampleValues", values)
    array("exampleWeights", weights)
    print("const std::vector<std::uint32_t> exampleDraws{"
          + ", ".join(map(str, draws(7, 23, 2).ravel())) + "};")
    for name, of in (("plain", None), ("ratio", weights)):
        mean, ci, p, q = statistics(values, 7, 200, 500, of)
        for part, numbers in (("Mean", mean), ("Low", ci[0]), ("High", ci[1]), ("P", p), ("Q", q)):
            array(name + part, numbers)
    a, b = values[:, :3], values[:, :3] ** 2
    drawn, turned = draws(7, 23, 200), signs(7, 23, 500)
    ci = intervals(resampled(a, weights, drawn) - resampled(b, np.ones(23), drawn))
    array("differenceMean", a.sum(0) / weights.sum() - b.mean(0))
    array("differenceLow", ci[0])
    array("differenceHigh", ci[1])
    array("differenceP", flip_p(a / weights.mean() - b, turned))


def compare(path):
    import h5py
    worst = 0.0
    with h5py.File(path, "r") as file:
        for name, model in file["models"].items():
            of = model["statistics"]
            if "column" in of:
                print(f"{name}: prompts of unequal length, not compared")
                continue
            numbers = {key: of.attrs[key] for key in ("bootstrap", "flips")}
            seed = int(of.attrs["seed"])
            for method in of:
                if method == "bound":
                    continue
                for site, stored in of[method].items():
                    values = model[f"{method}/{site}"][:].astype(np.float64)
                    shape = values.shape[1:]
                    mean, ci, p, q = statistics(values.reshape(len(values), -1), seed,
                                                int(numbers["bootstrap"]), int(numbers["flips"]))
                    for key, is_ in (("mean", mean), ("ci95", ci), ("p", p), ("q", q)):
                        was = stored[key][:].reshape(np.shape(is_))
                        off = np.nanmax(np.abs(was - is_))
                        assert np.array_equal(np.isnan(was), np.isnan(is_)), (name, method, site, key)
                        worst = max(worst, off)
                        print(f"{name} {method}/{site} {key} {list(shape)}: off by {off:.3g}")
    print(f"largest difference {worst:.3g}")
    return 0 if worst < 1e-9 else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(compare(sys.argv[1]))
    print_example()
