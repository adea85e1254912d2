package io.happo.hub.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.happo.core.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** What machines have of something, and how it has changed. */
public final class Inventories {
  /** The name of what every agent says of itself: a line for each fact. */
  public static final String FACTS = "facts";

  /**
   * As it was from a time on.
   *
   * @param since when it was first found so, unix milliseconds
   * @param seen when it was last found so
   * @param lines how many it has
   */
  public record Version(long agent, String name, long since, long seen, int lines) {}

  /** A version with its text. */
  public record Kept(Version version, String text) {}

  /** Lists of one agent. */
  private static final long MOST_LISTS = 200;

  private static final String VERSION = "agent, name, since, seen, lines";
  private static final String NEWEST =
      " FROM inventory i WHERE since = (SELECT max(n.since) FROM inventory n"
          + " WHERE n.agent = i.agent AND n.name = i.name)";

  private static final String OF_AGENTS =
      " AND (:name = '' OR name = :name) AND agent IN (SELECT number FROM agents"
          + " WHERE number > :after ORDER BY number LIMIT :most) ORDER BY agent, name";

  private final Store store;

  public Inventories(Store store) {
    this.store = store;
  }

  /** What is known of a version that a new finding is compared with. */
  private record Known(long since, long seen, String digest) {}

  /**
   * Keeps what was found at a time, in whatever order findings come: the same again makes what is
   * there last longer, another one is a version of its own.
   */
  static void add(Connection connection, long agent, String name, long time, String text)
      throws SQLException {
    var kept = Columns.text(text);
    var digest = Sha256.of(kept);
    var before = known(connection, agent, name, time, "since <= ? ORDER BY since DESC");
    if (before != null && before.digest().equals(digest)) {
      execute(
          connection,
          "UPDATE inventory SET seen = ? WHERE agent = ? AND name = ? AND since = ?",
          Math.max(before.seen(), time),
          agent,
          name,
          before.since());
      return;
    }
    boolean between = before != null && before.seen() > time;
    var after = known(connection, agent, name, time, "since > ? ORDER BY since");
    if (before == null && after == null && lists(connection, agent) >= MOST_LISTS) {
      return; // An agent that makes up names.
    }
    boolean isFree = before == null || before.since() < time;
    if (!between && isFree && after != null && after.digest().equals(digest)) {
      execute(
          connection,
          "UPDATE inventory SET since = ? WHERE agent = ? AND name = ? AND since = ?",
          time,
          agent,
          name,
          after.since());
      return;
    }
    if (before != null && between) {
      // It was so before and after: what came late parts it in two.
      execute(
          connection,
          "INSERT INTO inventory (agent, name, since, seen, lines, digest, content)"
              + " SELECT agent, name, seen, seen, lines, digest, content FROM inventory"
              + " WHERE agent = ? AND name = ? AND since = ?"
              + " ON CONFLICT (agent, name, since) DO NOTHING",
          agent,
          name,
          before.since());
      execute(
          connection,
          "UPDATE inventory SET seen = since WHERE agent = ? AND name = ? AND since = ?",
          agent,
          name,
          before.since());
    }
    execute(
        connection,
        "INSERT INTO inventory (agent, name, since, seen, lines, digest, content)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agent, name, since) DO UPDATE SET"
            + " lines = excluded.lines, digest = excluded.digest, content = excluded.content",
        agent,
        name,
        time,
        time,
        Math.toIntExact(kept.lines().count()),
        digest,
        deflated(kept));
  }

  private static long lists(Connection connection, long agent) throws SQLException {
    try (var statement =
            prepared(
                connection, "SELECT count(DISTINCT name) FROM inventory WHERE agent = ?", agent);
        var rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private static @Nullable Known known(
      Connection connection, long agent, String name, long time, String which) throws SQLException {
    try (var statement =
            prepared(
                connection,
                "SELECT since, seen, digest FROM inventory WHERE agent = ? AND name = ? AND "
                    + which
                    + " LIMIT 1",
                agent,
                name,
                time);
        var rows = statement.executeQuery()) {
      return rows.next() ? new Known(rows.getLong(1), rows.getLong(2), rows.getString(3)) : null;
    }
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (var statement = prepared(connection, sql, values)) {
      statement.executeUpdate();
    }
  }

  @SuppressWarnings("MustBeClosedChecker")
  private static PreparedStatement prepared(Connection connection, String sql, Object... values)
      throws SQLException {
    var statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  /** The numbers of the first agents beyond one. */
  public List<Long> agents(long after, int most) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT number FROM agents WHERE number > :after ORDER BY number LIMIT :most")
                .bind("after", after)
                .bind("most", most)
                .mapTo(Long.class)
                .list());
  }

  /** The newest of everything that an agent has, by name. */
  public List<Version> ofAgent(long agent) {
    return store.read(
        h ->
            h.createQuery("SELECT " + VERSION + NEWEST + " AND agent = :agent ORDER BY name")
                .bind("agent", agent)
                .map((rows, _) -> version(rows))
                .list());
  }

  /** The names of what is listed anywhere, the first of them. */
  public List<String> names(int most) {
    return store.read(
        h ->
            h.createQuery("SELECT DISTINCT name FROM inventory ORDER BY name LIMIT :most")
                .bind("most", most)
                .mapTo(String.class)
                .list());
  }

  /** The versions of one, the newest first. */
  public List<Version> versions(long agent, String name, int most) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT "
                        + VERSION
                        + " FROM inventory WHERE agent = :agent AND name = :name"
                        + " ORDER BY since DESC LIMIT :most")
                .bind("agent", agent)
                .bind("name", name)
                .bind("most", most)
                .map((rows, _) -> version(rows))
                .list());
  }

  /**
   * As it was at a time, or as it was first found when nobody had looked by then.
   *
   * @param at unix milliseconds
   */
  public Optional<Kept> find(long agent, String name, long at) {
    return store.read(
        h -> {
          var select =
              "SELECT "
                  + VERSION
                  + ", content FROM inventory WHERE agent = :agent AND name = :name";
          return h.createQuery(select + " AND since <= :at ORDER BY since DESC LIMIT 1")
              .bind("agent", agent)
              .bind("name", name)
              .bind("at", at)
              .map((rows, _) -> kept(rows))
              .findOne()
              .or(
                  () ->
                      h.createQuery(select + " ORDER BY since LIMIT 1")
                          .bind("agent", agent)
                          .bind("name", name)
                          .map((rows, _) -> kept(rows))
                          .findOne());
        });
  }

  /** As {@link #newest}, without the texts. */
  public List<Version> newestVersions(String name, long after, int most) {
    return store.read(
        h ->
            h.createQuery("SELECT " + VERSION + NEWEST + OF_AGENTS)
                .bind("name", name)
                .bind("after", after)
                .bind("most", most)
                .map((rows, _) -> version(rows))
                .list());
  }

  /**
   * Visits the newest of what agents have, one after the other, by their numbers.
   *
   * @param name of what; empty: of all
   * @param after number of an agent: those beyond it
   * @param most agents
   */
  public void newest(String name, long after, int most, Consumer<Kept> visit) {
    store.read(
        h -> {
          h.createQuery("SELECT " + VERSION + ", content" + NEWEST + OF_AGENTS)
              .bind("name", name)
              .bind("after", after)
              .bind("most", most)
              .map((rows, _) -> kept(rows))
              .forEach(visit);
          return true;
        });
  }

  /**
   * Forgets versions that others had followed before a time.
   *
   * @return rows that are gone; fewer than {@code most}: no more are left
   */
  public int forget(long before, int most) {
    return store.write(
        h ->
            h.createUpdate(
                    "DELETE FROM inventory WHERE (agent, name, since) IN (SELECT o.agent, o.name,"
                        + " o.since FROM inventory o WHERE EXISTS (SELECT 1 FROM inventory n"
                        + " WHERE n.agent = o.agent AND n.name = o.name AND n.since > o.since"
                        + " AND n.since < :before) LIMIT :most)")
                .bind("before", before)
                .bind("most", most)
                .execute());
  }

  private static Version version(ResultSet rows) throws SQLException {
    return new Version(
        rows.getLong(1), rows.getString(2), rows.getLong(3), rows.getLong(4), rows.getInt(5));
  }

  private static Kept kept(ResultSet rows) throws SQLException {
    return new Kept(version(rows), inflated(rows.getBytes(6)));
  }

  private static byte[] deflated(String text) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new AssertionError("memory takes all", e);
    }
    return bytes.toByteArray();
  }

  private static String inflated(byte[] bytes) {
    try (var in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Reason.DAMAGED, "the store is damaged: an inventory cannot be read", e);
    }
  }
}
