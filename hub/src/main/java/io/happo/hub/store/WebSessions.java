package io.happo.hub.store;

import java.util.Optional;

/** Browsers that someone has logged in with; of a cookie only the SHA-256 is here. */
public final class WebSessions {
  /**
   * A session.
   *
   * @param csrf what a form must bring along
   * @param expiresAt unix milliseconds
   */
  public record WebSession(String user, String csrf, long createdAt, long expiresAt) {}

  private final Store store;

  public WebSessions(Store store) {
    this.store = store;
  }

  /**
   * Begins one, and forgets those that have expired.
   *
   * @param secret SHA-256 of the cookie
   * @throws StoreException FAULT when there is no such user
   */
  public void add(byte[] secret, WebSession session) {
    store.write(
        h -> {
          h.createUpdate("DELETE FROM web_sessions WHERE expires_at <= :now")
              .bind("now", session.createdAt())
              .execute();
          return h.createUpdate(
                  "INSERT INTO web_sessions (secret, user_name, csrf, created_at, expires_at)"
                      + " VALUES (:secret, :user, :csrf, :at, :expires)")
              .bind("secret", secret)
              .bind("user", session.user())
              .bind("csrf", session.csrf())
              .bind("at", session.createdAt())
              .bind("expires", session.expiresAt())
              .execute();
        });
  }

  /** The one with that cookie, unless it has expired. */
  public Optional<WebSession> find(byte[] secret, long now) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT user_name, csrf, created_at, expires_at FROM web_sessions"
                        + " WHERE secret = :secret AND expires_at > :now")
                .bind("secret", secret)
                .bind("now", now)
                .map(
                    (rows, _) ->
                        new WebSession(
                            rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4)))
                .findOne());
  }

  public void remove(byte[] secret) {
    store.write(
        h ->
            h.createUpdate("DELETE FROM web_sessions WHERE secret = :secret")
                .bind("secret", secret)
                .execute());
  }
}
