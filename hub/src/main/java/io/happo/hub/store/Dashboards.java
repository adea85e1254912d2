package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The dashboards that people made. */
public final class Dashboards {
  /**
   * One.
   *
   * @param revision another one with each change
   * @param document JSON
   * @param changedAt unix milliseconds
   */
  public record Kept(
      String name, long revision, String document, String changedBy, long changedAt) {}

  private static final String COLUMNS = "name, revision, document, changed_by, changed_at";

  private final Store store;

  public Dashboards(Store store) {
    this.store = store;
  }

  /** All, by name. */
  public List<Kept> all() {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM dashboards ORDER BY name")
                .map((rows, _) -> row(rows))
                .list());
  }

  public Optional<Kept> find(String name) {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM dashboards WHERE name = :name")
                .bind("name", name)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  /**
   * Adds one, or puts it in place of the one of its name.
   *
   * @param base the revision that it was made from, 0: there was none yet; empty: whichever
   * @param now unix milliseconds
   * @return its revision; empty when there is another one by now than it was made from
   */
  public OptionalLong set(String name, String document, String by, long now, OptionalLong base) {
    // The clock gives revisions: one that was removed and made again is another one.
    var update =
        " revision = CASE WHEN dashboards.revision < :now THEN :now"
            + " ELSE dashboards.revision + 1 END, document = :document, changed_by = :by,"
            + " changed_at = :now";
    var insert =
        "INSERT INTO dashboards ("
            + COLUMNS
            + ") VALUES (:name, :now, :document, :by, :now) ON CONFLICT (name) DO ";
    String sql;
    if (base.isEmpty()) {
      sql = insert + "UPDATE SET" + update;
    } else if (base.getAsLong() == 0) {
      sql = insert + "NOTHING";
    } else {
      sql = "UPDATE dashboards SET" + update + " WHERE name = :name AND revision = :base";
    }
    var revision =
        store.write(
            h ->
                h.createQuery(sql + " RETURNING revision")
                    .bind("name", name)
                    .bind("document", document)
                    .bind("by", by)
                    .bind("now", now)
                    .bind("base", base.orElse(0))
                    .mapTo(Long.class)
                    .findOne());
    return revision.isPresent() ? OptionalLong.of(revision.get()) : OptionalLong.empty();
  }

  /**
   * Removes one.
   *
   * @param base as in {@link #set}
   * @return whether it was there, and that revision
   */
  public boolean remove(String name, OptionalLong base) {
    return store.write(
            h ->
                h.createUpdate(
                        "DELETE FROM dashboards WHERE name = :name"
                            + (base.isEmpty() ? "" : " AND revision = :base"))
                    .bind("name", name)
                    .bind("base", base.orElse(0))
                    .execute())
        == 1;
  }

  private static Kept row(ResultSet rows) throws SQLException {
    return new Kept(
        rows.getString(1), rows.getLong(2), rows.getString(3), rows.getString(4), rows.getLong(5));
  }
}
