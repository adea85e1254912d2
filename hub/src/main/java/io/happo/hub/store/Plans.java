package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** The versions of what agents are to run; none is ever changed. */
public final class Plans {
  /**
   * A version.
   *
   * @param number higher than that of all before it
   * @param document as it was written; empty in lists
   */
  public record Version(
      long number, String document, String author, long createdAt, String comment) {}

  private final Store store;

  public Plans(Store store) {
    this.store = store;
  }

  /**
   * Adds one.
   *
   * @param follows number of the version that it was made from, 0 for none: when another was made
   *     from that already, nothing is added
   * @param name of the value of {@link HubValues} that says which version counts
   * @param value what it becomes for the number of the new version, in the same transaction
   */
  public Optional<Version> add(
      long follows,
      String document,
      String author,
      long now,
      String comment,
      String name,
      LongFunction<String> value) {
    return store.write(
        h -> {
          var added =
              h.createQuery(
                      "INSERT INTO plan_versions (follows, document, author, created_at, comment)"
                          + " SELECT :follows, :document, :author, :now, :comment"
                          + " WHERE :follows = 0"
                          + " OR EXISTS (SELECT 1 FROM plan_versions WHERE number = :follows)"
                          + " ON CONFLICT (follows) DO NOTHING"
                          + " RETURNING number, document, author, created_at, comment")
                  .bind("follows", follows)
                  .bind("document", document)
                  .bind("author", author)
                  .bind("now", now)
                  .bind("comment", comment)
                  .map((rows, _) -> row(rows))
                  .findOne();
          added.ifPresent(one -> HubValues.set(h, name, value.apply(one.number())));
          return added;
        });
  }

  public Optional<Version> newest() {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT number, document, author, created_at, comment FROM plan_versions"
                        + " ORDER BY number DESC LIMIT 1")
                .map((rows, _) -> row(rows))
                .findOne());
  }

  public Optional<Version> find(long number) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT number, document, author, created_at, comment FROM plan_versions"
                        + " WHERE number = :number")
                .bind("number", number)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  /** All without their documents, the newest first. */
  public List<Version> all() {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT number, '', author, created_at, comment FROM plan_versions"
                        + " ORDER BY number DESC")
                .map((rows, _) -> row(rows))
                .list());
  }

  private static Version row(ResultSet rows) throws SQLException {
    return new Version(
        rows.getLong(1), rows.getString(2), rows.getString(3), rows.getLong(4), rows.getString(5));
  }
}
