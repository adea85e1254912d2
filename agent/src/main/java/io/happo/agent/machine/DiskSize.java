package io.happo.agent.machine;

import io.happo.agent.exec.FileSystemSpace;

/**
 * How large a file system is, or several together. Units are whole ones, cut off, as the plugin
 * counts them.
 *
 * @param used bytes
 * @param available bytes that everyone may fill
 * @param files how many inodes there can be
 */
record DiskSize(
    long usedUnits,
    long freeUnits,
    long totalUnits,
    long used,
    long available,
    long files,
    long freeFiles) {
  static final DiskSize NOTHING = new DiskSize(0, 0, 0, 0, 0, 0, 0);

  /**
   * @param unit in bytes
   * @param ignoresReserved whether what only root may fill counts as not there
   */
  static DiskSize of(FileSystemSpace space, long unit, boolean ignoresReserved) {
    long used = Math.max(0, space.blocks() - space.freeBlocks());
    long total = ignoresReserved ? used + space.availableBlocks() : space.blocks();
    long block = space.blockBytes();
    return new DiskSize(
        bytes(used, block) / unit,
        bytes(space.availableBlocks(), block) / unit,
        bytes(total, block) / unit,
        bytes(used, block),
        bytes(space.availableBlocks(), block),
        space.files(),
        space.freeFiles());
  }

  /** Some file systems of networks claim more than there are numbers for. */
  private static long bytes(long blocks, long size) {
    boolean fits = blocks >= 0 && Math.multiplyHigh(blocks, size) == 0 && blocks * size >= 0;
    return fits ? blocks * size : Long.MAX_VALUE;
  }

  DiskSize plus(DiskSize other) {
    return new DiskSize(
        usedUnits + other.usedUnits,
        freeUnits + other.freeUnits,
        totalUnits + other.totalUnits,
        used + other.used,
        available + other.available,
        files + other.files,
        freeFiles + other.freeFiles);
  }

  /** Rounded up, as df has it; -1 when there is nothing to use. */
  double usedPercent() {
    return percent((double) used, (double) used + (double) available);
  }

  /** Rounded up; -1 where inodes are not limited. */
  double usedFilesPercent() {
    return percent((double) usedFiles(), (double) files);
  }

  long usedFiles() {
    return Math.max(0, files - freeFiles);
  }

  private static double percent(double part, double all) {
    return all == 0 ? -1 : Math.ceil(part * 100 / all);
  }
}
