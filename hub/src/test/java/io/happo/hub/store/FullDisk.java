package io.happo.hub.store;

/** Lets SQLite's file grow no more, as a full disk would. */
public final class FullDisk {
  private FullDisk() {}

  /** There is room for two more pages. */
  public static void fill(Store store) {
    limit(store, pages(store) + 2);
  }

  public static void free(Store store) {
    limit(store, 1_000_000);
  }

  private static long pages(Store store) {
    return store.write(h -> h.createQuery("PRAGMA page_count").mapTo(Long.class).one());
  }

  /** Holds for the one connection that writes. */
  private static void limit(Store store, long pages) {
    store.write(h -> h.createQuery("PRAGMA max_page_count = " + pages).mapTo(Long.class).one());
  }
}
