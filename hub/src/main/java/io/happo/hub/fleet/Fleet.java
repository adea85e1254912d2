package io.happo.hub.fleet;

import io.happo.core.link.Join;
import io.happo.core.link.ToHub;
import io.happo.core.plan.AgentView;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Agents.State;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who there is. All agents are in memory, a thousand bytes or two each; the store has what must
 * last. Any thread.
 */
public final class Fleet {
  /** Name and id of what is no agent's, such as what a rule makes of many. */
  public static final String HUB = "@hub";

  private static final long HUB_NUMBER = 0;

  /** The most characters of a tag's or a fact's name and value. */
  private static final int MAX_TEXT = 1_024;

  private static final int MAX_TEXTS = 100;

  private final Agents agents;
  private final GroupCommit<Agents.Change> changes;
  private final InstantSource clock;
  private final ConcurrentNavigableMap<String, Member> byId = new ConcurrentSkipListMap<>();
  private final Map<Long, Member> byNumber = new ConcurrentHashMap<>();
  private final Member hub = hub();
  private final AtomicLong presences = new AtomicLong();

  /** Reads all agents from the store. */
  public Fleet(Agents agents, InstantSource clock) {
    this.agents = agents;
    this.changes = new GroupCommit<>(agents::write);
    this.clock = clock;
    for (var agent : agents.all()) {
      put(new Member(agent, new Presence(Presence.Kind.NOT_SEEN, agent.lastSeenAt())));
    }
  }

  /** Stands for the hub itself, and for many agents at once, where something is of an agent. */
  private static Member hub() {
    return new Member(
        new Agents.Agent(
            HUB_NUMBER,
            HUB,
            new byte[0],
            HUB,
            Agents.State.JOINED,
            Map.of(),
            Map.of(),
            "",
            "",
            0,
            0,
            "",
            "",
            List.of(),
            Map.of()),
        new Presence(Presence.Kind.CONNECTED, 0));
  }

  private Member put(Member member) {
    byId.put(member.id(), member);
    byNumber.put(member.number(), member);
    return member;
  }

  /** What names an agent that is not one. */
  public static final class NoSuchAgentException extends Exception {
    NoSuchAgentException(String message) {
      super(message);
    }
  }

  /**
   * An agent by its name, its id or the start of that, at least 4 digits.
   *
   * @throws NoSuchAgentException when there is none, or more than one
   */
  public Member find(String word) throws NoSuchAgentException {
    var known = byId.get(word);
    if (known != null) {
      return known;
    }
    var found = new ArrayList<Member>();
    for (var member : byId.values()) {
      if (member.name().equals(word) || (word.length() >= 4 && member.id().startsWith(word))) {
        found.add(member);
      }
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw new NoSuchAgentException(
        found.isEmpty()
            ? "there is no agent '" + word + "'; give its name or the start of its fingerprint"
            : found.size() + " agents are called '" + word + "'; give the fingerprint of one");
  }

  /** As {@link #find}, and the hub by {@link #HUB}. */
  public Member findOrHub(String word) throws NoSuchAgentException {
    return word.equals(HUB) ? hub : find(word);
  }

  public Optional<Member> byId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** As {@link #byNumber}, and the hub by 0. */
  public Optional<Member> byNumberOrHub(long number) {
    return number == HUB_NUMBER ? Optional.of(hub) : byNumber(number);
  }

  /** An agent by its id, or by the start of that where no other one's starts so. */
  public Optional<Member> byStartOfId(String start) {
    var first = byId.ceilingEntry(start);
    if (first == null || !first.getKey().startsWith(start)) {
      return Optional.empty();
    }
    var next = byId.higherKey(first.getKey());
    boolean isOther = next != null && next.startsWith(start);
    return isOther && !first.getKey().equals(start)
        ? Optional.empty()
        : Optional.of(first.getValue());
  }

  public Optional<Member> byNumber(long number) {
    return Optional.ofNullable(byNumber.get(number));
  }

  /** All, in no order, as they come and go. */
  public Collection<Member> everyone() {
    return Collections.unmodifiableCollection(byId.values());
  }

  /** All, by name. */
  public List<Member> all() {
    var all = new ArrayList<>(byId.values());
    all.sort(Comparator.comparing(Member::name).thenComparingLong(Member::number));
    return all;
  }

  /**
   * Takes an agent in for a token.
   *
   * @throws IllegalArgumentException when the key is none, or a text is too long
   */
  public Agents.Joining join(Join.Request request) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(request.publicKey());
      KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "publicKey is no Ed25519 key (SubjectPublicKeyInfo, base64)", e);
    }
    checkTexts(request.tags());
    checkTexts(request.facts());
    var id = HexFormat.of().formatHex(sha256(key));
    var name = request.facts().getOrDefault("hostname", "");
    var joining =
        agents.join(
            sha256(request.secret().getBytes(StandardCharsets.UTF_8)),
            new Agents.Newcomer(
                id,
                key,
                name.isEmpty() ? id.substring(0, 12) : name,
                request.tags(),
                request.facts(),
                "",
                request.facts().getOrDefault("bootId", "")),
            clock.millis());
    var agent = joining.agent();
    if (agent != null) {
      // One for each, whoever asks at the same time; and as the store has it when nobody changes
      // it.
      var member =
          byId.computeIfAbsent(
              id, _ -> new Member(agent, new Presence(Presence.Kind.NOT_SEEN, clock.millis())));
      byNumber.put(agent.number(), member);
      synchronized (member) {
        refresh(member);
      }
    }
    return joining;
  }

  /**
   * Takes an agent in that does not connect, or again when it had left.
   *
   * @param id made of what it is known by
   * @param facts with {@link AgentView#CLASSIC} among them
   */
  public Member enter(String id, String name, Map<String, String> tags, Map<String, String> facts) {
    checkTexts(tags);
    checkTexts(facts);
    var newcomer = new Agents.Newcomer(id, new byte[0], name, Map.of(), facts, "", "");
    var agent = agents.enter(newcomer, tags, clock.millis());
    var member =
        byId.computeIfAbsent(
            id, _ -> new Member(agent, new Presence(Presence.Kind.NOT_SEEN, clock.millis())));
    byNumber.put(agent.number(), member);
    synchronized (member) {
      refresh(member);
    }
    return member;
  }

  /** Whether a text was signed by an agent's key. */
  public boolean isSigned(Member member, String text, String signature) {
    try {
      var key =
          KeyFactory.getInstance("Ed25519")
              .generatePublic(new X509EncodedKeySpec(member.agent().publicKey()));
      var verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(text.getBytes(StandardCharsets.UTF_8));
      return verifier.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Keeps what an agent said of itself. A tag that the hub has given or taken away stays so.
   *
   * @throws IllegalArgumentException when a text is too long
   */
  public void cameIn(Member member, ToHub.Hello hello) {
    checkTexts(hello.tags());
    checkTexts(hello.facts());
    synchronized (member) {
      var tags = member.agent().tagsWith(hello.tags());
      var seen = new Agents.Seen(hello.version(), hello.bootId(), hello.via(), tags, hello.facts());
      boolean mayDiffer =
          member.presence().kind() == Presence.Kind.NOT_SEEN
              || !hello.facts().equals(member.agent().facts());
      changes.write(new Agents.Change.Hello(member.number(), seen, clock.millis(), mayDiffer));
      refresh(member);
    }
  }

  /** The link tells how it stands with a connection. */
  public void present(Member member, Presence.Kind kind) {
    member.become(new Presence(kind, clock.millis()));
    presences.incrementAndGet();
  }

  /** How often agents came and went: more, when one is there that was not, or the other way. */
  public long presences() {
    return presences.get();
  }

  /** Another machine has come with this agent's key; or none has since it came itself. */
  public void duplicate(Member member, boolean now) {
    long at = clock.millis();
    member.setDuplicate(
        now
            ? new Member.Duplicate(member.duplicate().map(Member.Duplicate::since).orElse(at), at)
            : null);
    presences.incrementAndGet();
  }

  /** What an agent said of a plan. */
  public void reported(Member member, ToHub.PlanStatus status) {
    synchronized (member) {
      changes.write(
          new Agents.Change.Plan(
              member.number(), status.hash(), status.applied() ? List.of() : status.problems()));
      refresh(member);
    }
  }

  /** Whether an agent waited for approval, or had been taken out, and is in now. */
  public boolean approve(Member member) {
    boolean again = move(member, State.REVOKED, State.JOINED);
    if (again && !member.isConnected()) {
      // Its last connection ended when nobody wanted it: that it is away counts from now.
      member.become(new Presence(Presence.Kind.NOT_SEEN, clock.millis()));
    }
    return again || move(member, State.PENDING, State.JOINED);
  }

  /** Whether an agent was there, and is taken out. */
  public boolean revoke(Member member) {
    return move(member, State.JOINED, State.REVOKED)
        || move(member, State.PENDING, State.REVOKED)
        || move(member, State.LEFT, State.REVOKED);
  }

  /** The agent has left by itself. */
  public void left(Member member) {
    if (!move(member, State.JOINED, State.LEFT)) {
      move(member, State.PENDING, State.LEFT);
    }
  }

  private boolean move(Member member, State from, State to) {
    synchronized (member) {
      boolean moved = agents.move(member.number(), from, to);
      refresh(member);
      return moved;
    }
  }

  public void rename(Member member, String name) {
    synchronized (member) {
      agents.rename(member.number(), name);
      refresh(member);
    }
  }

  /** Sets tags; an empty value takes one away. */
  public void tag(Member member, Map<String, String> changes) {
    checkTexts(changes);
    synchronized (member) {
      var given = new TreeMap<>(member.agent().givenTags());
      given.putAll(changes);
      checkTexts(given);
      var tags = new TreeMap<>(member.agent().tags());
      tags.putAll(given);
      tags.values().removeIf(String::isEmpty);
      agents.tag(member.number(), tags, given);
      refresh(member);
    }
  }

  private void refresh(Member member) {
    agents.find(member.number()).ifPresent(member::become);
  }

  private static void checkTexts(Map<String, String> texts) {
    if (texts.size() > MAX_TEXTS) {
      throw new IllegalArgumentException(
          texts.size() + " tags or facts, at most " + MAX_TEXTS + " are kept");
    }
    texts.forEach(
        (name, value) -> {
          if (name.isEmpty() || name.length() > MAX_TEXT || value.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                "a tag or fact has a name and a value of at most " + MAX_TEXT + " characters");
          }
        });
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
