package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** People and what they come with: passwords, API tokens, sessions of browsers. */
public final class Users {
  /** What someone may do; each may do what the one before it may. */
  public enum Role {
    VIEWER,
    OPERATOR,
    ADMIN
  }

  /**
   * Someone.
   *
   * @param password Argon2's text form of it
   */
  public record User(String name, Role role, String password, long createdAt) {}

  private final Store store;

  public Users(Store store) {
    this.store = store;
  }

  /** Whether nobody of that name was there yet. */
  public boolean add(User user) {
    return store.write(
        h ->
            h.createUpdate(
                        "INSERT INTO users (name, role, password, created_at)"
                            + " VALUES (:name, :role, :password, :at) ON CONFLICT (name) DO NOTHING")
                    .bind("name", user.name())
                    .bind("role", user.role().name().toLowerCase(Locale.ROOT))
                    .bind("password", user.password())
                    .bind("at", user.createdAt())
                    .execute()
                == 1);
  }

  public Optional<User> find(String name) {
    return store.read(
        h ->
            h.createQuery("SELECT name, role, password, created_at FROM users WHERE name = :name")
                .bind("name", name)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  /** All, by name. */
  public List<User> all() {
    return store.read(
        h ->
            h.createQuery("SELECT name, role, password, created_at FROM users ORDER BY name")
                .map((rows, _) -> row(rows))
                .list());
  }

  /** Sets another password, and ends all sessions of browsers; whether there is such a user. */
  public boolean setPassword(String name, String password) {
    return store.write(
        h -> {
          h.createUpdate("DELETE FROM web_sessions WHERE user_name = :name")
              .bind("name", name)
              .execute();
          return h.createUpdate("UPDATE users SET password = :password WHERE name = :name")
                  .bind("password", password)
                  .bind("name", name)
                  .execute()
              == 1;
        });
  }

  /** Whether there is such a user. */
  public boolean setRole(String name, Role role) {
    return store.write(
        h ->
            h.createUpdate("UPDATE users SET role = :role WHERE name = :name")
                    .bind("role", role.name().toLowerCase(Locale.ROOT))
                    .bind("name", name)
                    .execute()
                == 1);
  }

  /** With tokens and sessions; whether there was such a user. */
  public boolean remove(String name) {
    return store.write(
        h ->
            h.createUpdate("DELETE FROM users WHERE name = :name").bind("name", name).execute()
                == 1);
  }

  private static User row(ResultSet rows) throws SQLException {
    return new User(
        rows.getString(1),
        Role.valueOf(rows.getString(2).toUpperCase(Locale.ROOT)),
        rows.getString(3),
        rows.getLong(4));
  }
}
