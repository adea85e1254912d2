package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** Tokens by which agents join. Only the SHA-256 of a secret is ever here. */
public final class Tokens {
  /**
   * A token.
   *
   * @param expiresAt unix milliseconds; empty: never
   * @param usesLeft empty: any number
   * @param tags for the agents that join by it
   * @param approves whether they need no one's approval
   */
  public record Token(
      long number,
      String label,
      String createdBy,
      long createdAt,
      OptionalLong expiresAt,
      OptionalInt usesLeft,
      Map<String, String> tags,
      boolean approves,
      OptionalLong revokedAt) {}

  /** A token to be made; as {@link Token}. */
  public record NewToken(
      String label,
      String createdBy,
      long createdAt,
      OptionalLong expiresAt,
      OptionalInt uses,
      Map<String, String> tags,
      boolean approves) {}

  /** Whether a token serves. */
  public enum Standing {
    GOOD,
    UNKNOWN,
    EXPIRED,
    USED_UP,
    REVOKED
  }

  private static final String COLUMNS =
      "number, label, created_by, created_at, expires_at, uses_left, tags, approves, revoked_at";

  private final Store store;

  public Tokens(Store store) {
    this.store = store;
  }

  /**
   * Makes one.
   *
   * @param secret SHA-256 of it
   */
  public Token add(byte[] secret, NewToken token) {
    return store.write(
        h ->
            h.createQuery(
                    "INSERT INTO tokens (secret, label, created_by, created_at, expires_at,"
                        + " uses_left, tags, approves) VALUES (:secret, :label, :by, :at, :expires,"
                        + " :uses, :tags, :approves) RETURNING "
                        + COLUMNS)
                .bind("secret", secret)
                .bind("label", token.label())
                .bind("by", token.createdBy())
                .bind("at", token.createdAt())
                .bind("expires", Columns.orNull(token.expiresAt()))
                .bind("uses", Columns.orNull(token.uses()))
                .bind("tags", JsonTexts.of(token.tags()))
                .bind("approves", token.approves())
                .map((rows, _) -> row(rows))
                .one());
  }

  /** All, the newest first. */
  public List<Token> all() {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM tokens ORDER BY number DESC")
                .map((rows, _) -> row(rows))
                .list());
  }

  /** Whether it was there and not revoked yet. */
  public boolean revoke(long number, long now) {
    return store.write(
        h ->
            h.createUpdate(
                        "UPDATE tokens SET revoked_at = :now"
                            + " WHERE number = :number AND revoked_at IS NULL")
                    .bind("now", now)
                    .bind("number", number)
                    .execute()
                == 1);
  }

  /** Whether it would serve. */
  public Standing standing(byte[] secret, long now) {
    return store.read(h -> standing(h, secret, now));
  }

  /** Takes one of its uses; empty when it does not serve. Of many at once none gets too many. */
  static Optional<Token> spend(Handle handle, byte[] secret, long now) {
    return handle
        .createQuery(
            "UPDATE tokens SET uses_left = uses_left - 1 WHERE secret = :secret"
                + " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)"
                + " AND (uses_left IS NULL OR uses_left > 0) RETURNING "
                + COLUMNS)
        .bind("secret", secret)
        .bind("now", now)
        .map((rows, _) -> row(rows))
        .findOne();
  }

  static Standing standing(Handle handle, byte[] secret, long now) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM tokens WHERE secret = :secret")
        .bind("secret", secret)
        .map((rows, _) -> row(rows))
        .findOne()
        .map(
            token -> {
              if (token.revokedAt().isPresent()) {
                return Standing.REVOKED;
              }
              if (token.expiresAt().isPresent() && token.expiresAt().getAsLong() <= now) {
                return Standing.EXPIRED;
              }
              return token.usesLeft().orElse(1) > 0 ? Standing.GOOD : Standing.USED_UP;
            })
        .orElse(Standing.UNKNOWN);
  }

  private static Token row(ResultSet rows) throws SQLException {
    var uses = Columns.optionalLong(rows, 6);
    return new Token(
        rows.getLong(1),
        rows.getString(2),
        rows.getString(3),
        rows.getLong(4),
        Columns.optionalLong(rows, 5),
        uses.isPresent() ? OptionalInt.of((int) uses.getAsLong()) : OptionalInt.empty(),
        JsonTexts.map(rows.getString(7)),
        rows.getBoolean(8),
        Columns.optionalLong(rows, 9));
  }
}
