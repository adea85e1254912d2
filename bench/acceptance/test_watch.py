"""Tests of the leak watch: python3 -B bench/acceptance/test_watch.py"""
import random, unittest

from watch import judge, sparkline

FLOOR = 1024


def line(at, samples=150, noise=0):
    chance = random.Random(7)
    return [at(n / samples) + chance.uniform(-noise, noise) for n in range(samples)]


class WatchTest(unittest.TestCase):
    def assert_rising(self, expected, values):
        self.assertEqual(expected, judge(values, FLOOR)["rising"])

    def test_a_leak_rises(self):
        self.assert_rising(True, line(lambda t: 50_000 + 5_000 * t))
        self.assert_rising(True, line(lambda t: 50_000 + 5_000 * t, noise=500))

    def test_a_leak_under_a_sawtooth_rises(self):
        self.assert_rising(True, line(lambda t: 3_000 + 12_000 * t + 2_000 * (t * 20 % 1)))

    def test_a_level_line_and_its_noise_do_not(self):
        self.assert_rising(False, line(lambda t: 50_000))
        self.assert_rising(False, line(lambda t: 50_000, noise=5_000))
        self.assert_rising(False, line(lambda t: 3_000 + 2_000 * (t * 20 % 1)))

    def test_a_warm_up_does_not(self):
        self.assert_rising(False, line(lambda t: 50_000 + 10_000 * min(t, 0.15)))

    def test_a_step_that_levels_off_does_not(self):
        self.assert_rising(False, line(lambda t: 50_000 + (3_000 if t > 0.5 else 0)))

    def test_what_falls_does_not(self):
        self.assert_rising(False, line(lambda t: 60_000 - 5_000 * t))

    def test_single_peaks_do_not(self):
        self.assert_rising(False, line(lambda t: 80_000 if 0.9 < t < 0.95 else 50_000))

    def test_a_step_within_the_floor_does_not(self):
        self.assert_rising(False, line(lambda t: 50_000 + 1_000 * t))

    def test_too_few_samples_are_refused(self):
        with self.assertRaises(ValueError):
            judge([1] * 14, FLOOR)

    def test_a_sparkline_goes_from_lowest_to_highest(self):
        self.assertEqual("▁▂▃▄▅▆▇█", sparkline(list(range(8))))
        self.assertEqual("▁▁▁", sparkline([5, 5, 5]))
        self.assertEqual(50, len(sparkline(list(range(540)))))


if __name__ == "__main__":
    unittest.main()
