package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What programs come with instead of a password; of a secret only the SHA-256 is here. */
public final class ApiTokens {
  /**
   * A token of a user.
   *
   * @param expiresAt unix milliseconds; empty: never
   * @param lastUsedAt empty: not yet
   */
  public record ApiToken(
      long number,
      String user,
      String label,
      long createdAt,
      OptionalLong expiresAt,
      OptionalLong lastUsedAt) {}

  private static final String COLUMNS =
      "number, user_name, label, created_at, expires_at, last_used_at";

  private final Store store;

  public ApiTokens(Store store) {
    this.store = store;
  }

  /**
   * Makes one.
   *
   * @param secret SHA-256 of it
   * @throws StoreException FAULT when there is no such user
   */
  public ApiToken add(byte[] secret, String user, String label, long now, OptionalLong expiresAt) {
    return store.write(
        h ->
            h.createQuery(
                    "INSERT INTO api_tokens (secret, user_name, label, created_at, expires_at)"
                        + " VALUES (:secret, :user, :label, :now, :expires) RETURNING "
                        + COLUMNS)
                .bind("secret", secret)
                .bind("user", user)
                .bind("label", label)
                .bind("now", now)
                .bind("expires", Columns.orNull(expiresAt))
                .map((rows, _) -> row(rows))
                .one());
  }

  /** The one with that secret, unless it has expired. */
  public Optional<ApiToken> find(byte[] secret, long now) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM api_tokens WHERE secret = :secret"
                        + " AND (expires_at IS NULL OR expires_at > :now)")
                .bind("secret", secret)
                .bind("now", now)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  /** Notes that it was used; not at each use, a write costs a sync of the disk. */
  public void used(long number, long now) {
    store.write(
        h ->
            h.createUpdate("UPDATE api_tokens SET last_used_at = :now WHERE number = :number")
                .bind("now", now)
                .bind("number", number)
                .execute());
  }

  /** All, the newest first. */
  public List<ApiToken> all() {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM api_tokens ORDER BY number DESC")
                .map((rows, _) -> row(rows))
                .list());
  }

  /** Whether it was there. */
  public boolean remove(long number) {
    return store.write(
        h ->
            h.createUpdate("DELETE FROM api_tokens WHERE number = :number")
                    .bind("number", number)
                    .execute()
                == 1);
  }

  private static ApiToken row(ResultSet rows) throws SQLException {
    return new ApiToken(
        rows.getLong(1),
        rows.getString(2),
        rows.getString(3),
        rows.getLong(4),
        Columns.optionalLong(rows, 5),
        Columns.optionalLong(rows, 6));
  }
}
