package io.happo.hub.store;

/** How much there is. */
public final class StoreSize {
  private final Store store;

  public StoreSize(Store store) {
    this.store = store;
  }

  /** Bytes of the database, without what has not reached it yet. */
  public long bytes() {
    return store.read(
        h ->
            h.createQuery(
                    store.settles()
                        ? "SELECT page_count * page_size FROM pragma_page_count(),"
                            + " pragma_page_size()"
                        : "SELECT pg_database_size(current_database())")
                .mapTo(Long.class)
                .one());
  }
}
