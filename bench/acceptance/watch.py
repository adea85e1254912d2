"""The leak watch: whether a line of samples rises, and what it looks like."""
import statistics

BLOCKS = "▁▂▃▄▅▆▇█"
FIFTHS = 5
LEAST_SAMPLES = 15


def fifths(values):
    return [values[n * len(values) // FIFTHS:(n + 1) * len(values) // FIFTHS] for n in range(FIFTHS)]


def spread(values):
    """What a standard deviation would be, from the median distance to the median: single peaks do not move it."""
    middle = statistics.median(values)
    return 1.4826 * statistics.median(abs(value - middle) for value in values)


def judge(values, floor):
    """Compares the last fifth with the second one; the first is the warm-up.

    A line rises when the median went up by more than `floor` and twice the spread within the two, and was still going up at
    the end: at least a tenth of the rise is between the last two fifths. A step that has levelled off is no leak.
    """
    if len(values) < LEAST_SAMPLES:
        raise ValueError(f"a trend needs {LEAST_SAMPLES} samples, not {len(values)}")
    parts = fifths(values)
    medians = [statistics.median(part) for part in parts]
    rise = medians[4] - medians[1]
    allowed = floor + 2 * max(spread(parts[1]), spread(parts[4]))
    return {"medians": medians, "rise": rise, "allowed": round(allowed, 1),
            "rising": rise > allowed and medians[4] - medians[3] >= rise / 10}


def sparkline(values, width=50):
    """The medians of as many stretches of the line, lowest to highest."""
    width = min(width, len(values))
    points = [statistics.median(values[n * len(values) // width:(n + 1) * len(values) // width]) for n in range(width)]
    low, high = min(points), max(points)
    scale = (len(BLOCKS) - 1) / (high - low) if high > low else 0
    return "".join(BLOCKS[round((point - low) * scale)] for point in points)
