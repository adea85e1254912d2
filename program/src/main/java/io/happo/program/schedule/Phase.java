package io.happo.program.schedule;

/**
 * Where in its interval a check runs: a hash of agent and name, so that a fleet does not run in
 * step, one agent's checks do not either, and a restart changes nothing.
 */
final class Phase {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Phase() {}

  /** FNV-1a with the last mixing of MurmurHash3: names that differ in a digit are far apart. */
  static long hash(String agentId, String check) {
    long hash = add(add(FNV_OFFSET, agentId) * FNV_PRIME, check);
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    return hash ^ hash >>> 33;
  }

  private static long add(long start, String text) {
    long hash = start;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /** How long from now until the next time of a phase in an interval, less than the interval. */
  static long untilNext(long hash, long intervalMillis, long nowMillis) {
    return Math.floorMod(
        Math.floorMod(hash, intervalMillis) - Math.floorMod(nowMillis, intervalMillis),
        intervalMillis);
  }
}
