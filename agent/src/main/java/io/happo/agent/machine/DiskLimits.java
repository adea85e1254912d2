package io.happo.agent.machine;

import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.core.AlertRange;
import org.jspecify.annotations.Nullable;

/**
 * What check_disk judges a file system by.
 *
 * @param units what is free, in the unit of the check
 * @param percent what is free
 * @param used what is used, in percent
 * @param files how many inodes are free, in percent
 */
record DiskLimits(Pair units, Pair percent, Pair used, Pair files) {
  static final DiskLimits NONE = new DiskLimits(Pair.NONE, Pair.NONE, Pair.NONE, Pair.NONE);

  /** Ranges that alert. */
  record Pair(@Nullable AlertRange warning, @Nullable AlertRange critical) {
    static final Pair NONE = new Pair(null, null);

    Pair with(boolean isCritical, AlertRange range) {
      return isCritical ? new Pair(warning, range) : new Pair(range, critical);
    }

    @Nullable AlertRange of(boolean isCritical) {
      return isCritical ? critical : warning;
    }

    Status of(double value) {
      if (critical != null && critical.alerts(value)) {
        return Status.CRITICAL;
      }
      return warning != null && warning.alerts(value) ? Status.WARNING : Status.OK;
    }
  }

  boolean isNone() {
    return equals(NONE);
  }

  /** With one for the free space: percent or units. */
  DiskLimits withFree(boolean isCritical, String text) throws UsageException {
    var range = free(isCritical ? "-c (--critical)" : "-w (--warning)", text);
    return text.indexOf('%') < 0
        ? new DiskLimits(units.with(isCritical, range), percent, used, files)
        : new DiskLimits(units, percent.with(isCritical, range), used, files);
  }

  /** With one for the free inodes, in percent whether it says so or not. */
  DiskLimits withFiles(boolean isCritical, String text) throws UsageException {
    var range = free(isCritical ? "-K (--icritical)" : "-W (--iwarning)", text);
    return new DiskLimits(units, percent, used, files.with(isCritical, range));
  }

  /** With one for the used space: the most, in percent. */
  DiskLimits withUsed(boolean isCritical, int most) {
    return new DiskLimits(
        units, percent, used.with(isCritical, new AlertRange(0, most, false)), files);
  }

  /** A number is what alerts when no more is free, so what lies inside the range alerts. */
  private static AlertRange free(String option, String text) throws UsageException {
    int end = text.length() - (text.endsWith("%") ? 1 : 0);
    var range = text.substring(text.startsWith("@") ? 1 : 0, end).strip();
    return AlertRange.parse("@" + range)
        .orElseThrow(
            () ->
                new UsageException(
                    option
                        + ": '"
                        + text
                        + "' is no threshold; write what has to be free, such as 10% or 500"));
  }

  Status of(DiskSize size) {
    return units
        .of((double) size.freeUnits())
        .or(percent.of(100 - size.usedPercent()))
        .or(used.of(size.usedPercent()))
        .or(files.of(100 - size.usedFilesPercent()));
  }

  /** From how many used bytes on the free space alerts; null when never. */
  @Nullable String usedBytes(boolean isCritical, DiskSize size, long unit) {
    double least = Double.POSITIVE_INFINITY;
    var inUnits = units.of(isCritical);
    if (inUnits != null) {
      least = (size.totalUnits() - end(inUnits)) * unit;
    }
    var inPercent = percent.of(isCritical);
    if (inPercent != null) {
      least = Math.min(least, (1 - end(inPercent) / 100) * (size.totalUnits() * unit));
    }
    return Double.isInfinite(least) ? null : String.valueOf((long) Math.max(0, least));
  }

  /** From how many used inodes on the free ones alert; null when never. */
  @Nullable String usedFiles(boolean isCritical, DiskSize size) {
    var range = files.of(isCritical);
    return range == null
        ? null
        : String.valueOf((long) Math.max(0, (1 - end(range) / 100) * size.files()));
  }

  /** A range without end has no line in a graph but the top. */
  private static double end(AlertRange range) {
    return Double.isInfinite(range.end()) ? 0 : range.end();
  }
}
