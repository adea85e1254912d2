package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The fleet: who there is. */
public final class Agents {
  /** Where an agent stands. */
  public enum State {
    /** Waits for someone to approve it. */
    PENDING,
    JOINED,
    /** An operator took it out; its key comes in again when one approves it. */
    REVOKED,
    /** It said goodbye; it may join again. */
    LEFT
  }

  /**
   * An agent.
   *
   * @param number what all it has brought is kept under
   * @param id fingerprint of its key, 64 hexadecimal digits
   * @param tags that count: its own, and over them those that the hub has given
   * @param facts that it found out about its machine
   * @param joinedAt unix milliseconds
   * @param lastSeenAt when it last said hello or goodbye; how it is now, the link knows
   * @param via how it had found the hub then
   * @param planReported hash of the plan that it said it runs, or could not apply
   * @param planProblems why it did not apply that
   * @param givenTags of its token and of operators; an empty value: it was taken away
   */
  public record Agent(
      long number,
      String id,
      byte[] publicKey,
      String name,
      State state,
      Map<String, String> tags,
      Map<String, String> facts,
      String version,
      String bootId,
      long joinedAt,
      long lastSeenAt,
      String via,
      String planReported,
      List<String> planProblems,
      Map<String, String> givenTags) {
    /** The tags that count when the agent says that these are its own. */
    public Map<String, String> tagsWith(Map<String, String> own) {
      return over(own, givenTags);
    }
  }

  private static Map<String, String> over(Map<String, String> own, Map<String, String> given) {
    var tags = new TreeMap<>(own);
    tags.putAll(given);
    tags.values().removeIf(String::isEmpty);
    return tags;
  }

  /** Who wants to join; as {@link Agent}. */
  public record Newcomer(
      String id,
      byte[] publicKey,
      String name,
      Map<String, String> tags,
      Map<String, String> facts,
      String version,
      String bootId) {}

  /**
   * What became of it.
   *
   * @param token GOOD when the agent is in, or was before
   * @param agent as it is now; none when it was not taken for its token, or was never there
   */
  public record Joining(Tokens.Standing token, @Nullable Agent agent) {}

  /** What an agent says of itself at each hello; as {@link Agent}. */
  public record Seen(
      String version,
      String bootId,
      String via,
      Map<String, String> tags,
      Map<String, String> facts) {}

  private static final String COLUMNS =
      "number, id, public_key, name, state, tags, facts, version, boot_id, joined_at, last_seen_at,"
          + " via, plan_reported, plan_problems, given_tags";

  private final Store store;

  public Agents(Store store) {
    this.store = store;
  }

  /**
   * Takes an agent in for one use of a token, in one transaction. Asked again for an agent that is
   * in already it answers the same and spends nothing: the first answer may have been lost. One
   * that has left comes back to its history; one that was revoked stays out whatever the token.
   *
   * @param secret SHA-256 of the token's
   */
  public Joining join(byte[] secret, Newcomer newcomer, long now) {
    return store.write(
        h -> {
          var known = find(h, newcomer.id());
          if (known.isPresent() && known.get().state() != State.LEFT) {
            return new Joining(Tokens.Standing.GOOD, known.get());
          }
          var token = Tokens.spend(h, secret, now);
          if (token.isEmpty()) {
            var why = Tokens.standing(h, secret, now);
            // Between the two a use can have come free only if someone made it so: ask again later.
            return new Joining(
                why == Tokens.Standing.GOOD ? Tokens.Standing.USED_UP : why, known.orElse(null));
          }
          return new Joining(Tokens.Standing.GOOD, insert(h, newcomer, token.get(), now));
        });
  }

  /**
   * Takes an agent in that does not join by itself, or again when it had left; with its history.
   *
   * @param given its tags
   */
  public Agent enter(Newcomer newcomer, Map<String, String> given, long now) {
    return store.write(h -> insert(h, newcomer, State.JOINED, given, null, now));
  }

  private static Agent insert(Handle h, Newcomer newcomer, Tokens.Token token, long now)
      throws SQLException {
    var state = token.approves() ? State.JOINED : State.PENDING;
    return insert(h, newcomer, state, token.tags(), token.number(), now);
  }

  private static Agent insert(
      Handle h,
      Newcomer newcomer,
      State state,
      Map<String, String> given,
      @Nullable Long token,
      long now)
      throws SQLException {
    var agent =
        h.createQuery(
                "INSERT INTO agents (id, public_key, name, state, tags, facts, version, boot_id, token,"
                    + " joined_at, last_seen_at, via, plan_reported, plan_problems, given_tags)"
                    + " VALUES (:id, :key, :name, :state, :tags, :facts, :version, :boot, :token,"
                    + " :now, :now, '', '', '[]', :given) ON CONFLICT (id) DO UPDATE SET"
                    + " name = excluded.name, state = excluded.state, tags = excluded.tags,"
                    + " given_tags = excluded.given_tags,"
                    + " facts = excluded.facts, version = excluded.version,"
                    + " boot_id = excluded.boot_id, token = excluded.token,"
                    + " joined_at = excluded.joined_at, last_seen_at = excluded.last_seen_at RETURNING "
                    + COLUMNS)
            .bind("id", newcomer.id())
            .bind("key", newcomer.publicKey())
            .bind("name", newcomer.name())
            .bind("state", word(state))
            .bind("tags", JsonTexts.of(over(newcomer.tags(), given)))
            .bind("given", JsonTexts.of(given))
            .bind("facts", JsonTexts.of(newcomer.facts()))
            .bind("version", newcomer.version())
            .bind("boot", newcomer.bootId())
            .bind("token", token)
            .bind("now", now)
            .map((rows, _) -> row(rows))
            .one();
    keepFacts(h, agent.number(), newcomer.facts(), now);
    return agent;
  }

  public Optional<Agent> find(String id) {
    return store.read(h -> find(h, id));
  }

  public Optional<Agent> find(long number) {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM agents WHERE number = :number")
                .bind("number", number)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  private static Optional<Agent> find(Handle handle, String id) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM agents WHERE id = :id")
        .bind("id", id)
        .map((rows, _) -> row(rows))
        .findOne();
  }

  /** All, by name. */
  public List<Agent> all() {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM agents ORDER BY name, number")
                .map((rows, _) -> row(rows))
                .list());
  }

  /** Whether it was in the first of these states and is now in the second. */
  public boolean move(long number, State from, State to) {
    return store.write(
        h ->
            h.createUpdate("UPDATE agents SET state = :to WHERE number = :number AND state = :from")
                    .bind("to", word(to))
                    .bind("number", number)
                    .bind("from", word(from))
                    .execute()
                == 1);
  }

  public void rename(long number, String name) {
    store.write(
        h ->
            h.createUpdate("UPDATE agents SET name = :name WHERE number = :number")
                .bind("number", number)
                .bind("name", name)
                .execute());
  }

  /**
   * Exchanges its tags.
   *
   * @param given as {@link Agent#givenTags}
   */
  public void tag(long number, Map<String, String> tags, Map<String, String> given) {
    store.write(
        h ->
            h.createUpdate(
                    "UPDATE agents SET tags = :tags, given_tags = :given WHERE number = :number")
                .bind("number", number)
                .bind("tags", JsonTexts.of(tags))
                .bind("given", JsonTexts.of(given))
                .execute());
  }

  /** Keeps what it said at its hello. */
  public void seen(long number, Seen seen, long now) {
    write(List.of(new Change.Hello(number, seen, now, true)));
  }

  /** Keeps what it said of a plan. */
  public void planReported(long number, String hash, List<String> problems) {
    write(List.of(new Change.Plan(number, hash, problems)));
  }

  /** What an agent has said and is to be kept. */
  public sealed interface Change {
    /**
     * At its hello.
     *
     * @param factsMayDiffer whether its facts may be others than the inventory has
     */
    record Hello(long number, Seen seen, long now, boolean factsMayDiffer) implements Change {}

    record Plan(long number, String hash, List<String> problems) implements Change {}
  }

  /** Keeps what many have said, in one transaction. */
  public void write(List<Change> changes) {
    store.write(
        h -> {
          int changed = 0;
          for (var change : changes) {
            changed += write(h, change);
          }
          return changed;
        });
  }

  private static int write(Handle handle, Change change) throws SQLException {
    return switch (change) {
      case Change.Hello hello -> {
        if (hello.factsMayDiffer()) {
          keepFacts(handle, hello.number(), hello.seen().facts(), hello.now());
        }
        yield handle
            .createUpdate(
                "UPDATE agents SET version = :version, boot_id = :boot, via = :via,"
                    + " tags = :tags, facts = :facts, last_seen_at = :now"
                    + " WHERE number = :number")
            .bind("version", Columns.text(hello.seen().version()))
            .bind("boot", Columns.text(hello.seen().bootId()))
            .bind("via", Columns.text(hello.seen().via()))
            .bind("tags", JsonTexts.of(hello.seen().tags()))
            .bind("facts", JsonTexts.of(hello.seen().facts()))
            .bind("now", hello.now())
            .bind("number", hello.number())
            .execute();
      }
      case Change.Plan plan ->
          handle
              .createUpdate(
                  "UPDATE agents SET plan_reported = :hash, plan_problems = :problems"
                      + " WHERE number = :number")
              .bind("hash", Columns.text(plan.hash()))
              .bind("problems", JsonTexts.of(plan.problems()))
              .bind("number", plan.number())
              .execute();
    };
  }

  private static void keepFacts(Handle handle, long number, Map<String, String> facts, long now)
      throws SQLException {
    var text = new StringBuilder();
    new TreeMap<>(facts)
        .forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    Inventories.add(handle.getConnection(), number, Inventories.FACTS, now, text.toString());
  }

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static Agent row(ResultSet rows) throws SQLException {
    return new Agent(
        rows.getLong(1),
        rows.getString(2),
        rows.getBytes(3),
        rows.getString(4),
        State.valueOf(rows.getString(5).toUpperCase(Locale.ROOT)),
        JsonTexts.map(rows.getString(6)),
        JsonTexts.map(rows.getString(7)),
        rows.getString(8),
        rows.getString(9),
        rows.getLong(10),
        rows.getLong(11),
        rows.getString(12),
        rows.getString(13),
        JsonTexts.list(rows.getString(14)),
        JsonTexts.map(rows.getString(15)));
  }
}
