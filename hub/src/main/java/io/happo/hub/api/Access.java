package io.happo.hub.api;

import io.happo.hub.store.ApiTokens;
import io.happo.hub.store.Users;
import io.happo.hub.store.Users.Role;
import io.happo.hub.store.WebSessions;
import io.happo.net.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, by an API token or the session of a browser. Wrong passwords make the next try wait,
 * for the user and for the address they came from. Any thread.
 */
public final class Access {
  /** The cookie of a browser's session. */
  static final String COOKIE = "__Host-happo_session";

  /** The header in which a browser's page brings what other pages do not know. */
  static final String CSRF_HEADER = "X-CSRF-Token";

  private static final String BEARER = "Bearer ";
  private static final String TOKEN_PREFIX = "happo_";
  private static final Duration SESSION = Duration.ofHours(12);
  private static final int SECRET_BYTES = 32;
  private static final long USED_EVERY_MILLIS = Duration.ofMinutes(5).toMillis();

  /** Free tries, then each costs twice the wait of the one before, up to a minute. */
  private static final int FREE_TRIES = 5;

  private static final long LONGEST_WAIT_MILLIS = 60_000;
  private static final int MAX_REMEMBERED = 10_000;

  /** The most characters of a user's name. */
  static final int MAX_USER = 64;

  private static final String WRONG = "user or password is wrong";

  private record Tries(int wrong, long untilMillis) {}

  private final Users users;
  private final ApiTokens tokens;
  private final WebSessions sessions;
  private final InstantSource clock;
  private final Passwords passwords = new Passwords();
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Tries> tries = new HashMap<>();

  public Access(Users users, ApiTokens tokens, WebSessions sessions, InstantSource clock) {
    this.users = users;
    this.tokens = tokens;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** A role as it is written. */
  public static String word(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  static Optional<Role> role(String word) {
    for (var role : Role.values()) {
      if (word(role).equals(word)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /**
   * The one who sent a request.
   *
   * @return empty when it is nobody known
   * @throws ApiException when a browser's page asks for a change without what proves it ours
   */
  Optional<Caller> caller(Request request) throws ApiException {
    var authorization = request.headers().first("Authorization").orElse("");
    if (authorization.startsWith(BEARER)) {
      return byToken(authorization.substring(BEARER.length()).strip());
    }
    var cookie = cookie(request);
    if (cookie == null) {
      return Optional.empty();
    }
    var session = sessions.find(sha256(cookie), clock.millis());
    if (session.isEmpty()) {
      return Optional.empty();
    }
    boolean changes = !request.method().equals("GET") && !request.method().equals("HEAD");
    if (changes && !isSame(session.get().csrf(), request.headers().first(CSRF_HEADER).orElse(""))) {
      throw new ApiException(
          403, "the header " + CSRF_HEADER + " is missing or wrong: load the page again");
    }
    return callerOf(session.get().user());
  }

  /**
   * Who looks at a page.
   *
   * @param csrf what its pages bring with each change
   */
  public record Visitor(Caller caller, String csrf) {}

  /** Whose browser asks for a page; a session is needed, and an API token does not help. */
  public Optional<Visitor> visitor(Request request) {
    var cookie = cookie(request);
    var session =
        cookie == null
            ? Optional.<WebSessions.WebSession>empty()
            : sessions.find(sha256(cookie), clock.millis());
    return session.flatMap(
        found -> callerOf(found.user()).map(caller -> new Visitor(caller, found.csrf())));
  }

  private Optional<Caller> byToken(String secret) {
    long now = clock.millis();
    var token = tokens.find(sha256(secret), now);
    if (token.isEmpty()) {
      return Optional.empty();
    }
    if (token.get().lastUsedAt().orElse(0) < now - USED_EVERY_MILLIS) {
      tokens.used(token.get().number(), now);
    }
    return callerOf(token.get().user());
  }

  private Optional<Caller> callerOf(String user) {
    return users.find(user).map(found -> new Caller(found.name(), found.role()));
  }

  static @Nullable String cookie(Request request) {
    for (var header : request.headers().all("Cookie")) {
      for (var part : header.split(";", -1)) {
        var pair = part.strip();
        if (pair.startsWith(COOKIE + "=")) {
          return pair.substring(COOKIE.length() + 1);
        }
      }
    }
    return null;
  }

  /**
   * Checks a password.
   *
   * @param from address that it came from
   * @throws ApiException 401 when it is wrong, 429 when one has to wait before the next try
   */
  Caller login(String user, String password, String from) throws ApiException {
    if (user.length() > MAX_USER) {
      throw new ApiException(401, WRONG); // Nobody has such a name, and it is not remembered.
    }
    var who = List.of("user " + user, "from " + from);
    admit(who);
    var found = users.find(user);
    boolean right = passwords.matches(password, found.map(Users.User::password).orElse(""));
    if (found.isEmpty() || !right) {
      throw new ApiException(401, WRONG);
    }
    synchronized (tries) {
      who.forEach(tries::remove);
    }
    return new Caller(found.get().name(), found.get().role());
  }

  /** A try counts as a wrong one until it is found right: else many at once would not wait. */
  private void admit(List<String> who) throws ApiException {
    synchronized (tries) {
      long now = clock.millis();
      for (var one : who) {
        var so = tries.get(one);
        long wait = so == null ? 0 : so.untilMillis() - now;
        // Nobody was told to wait longer than the longest: then the clock was put back.
        if (wait > 0 && wait <= LONGEST_WAIT_MILLIS) {
          throw new ApiException(
              429, "too many wrong passwords: try again in " + (wait / 1000 + 1) + " seconds");
        }
      }
      if (tries.size() >= MAX_REMEMBERED) {
        tries.values().removeIf(so -> so.untilMillis() < now);
      }
      for (var one : who) {
        var so = tries.get(one);
        int wrong = so == null ? 1 : so.wrong() + 1;
        tries.put(one, new Tries(wrong, now + waitAfter(wrong)));
      }
    }
  }

  private static long waitAfter(int wrong) {
    return wrong < FREE_TRIES
        ? 0
        : Math.min(LONGEST_WAIT_MILLIS, 1_000L << Math.min(16, wrong - FREE_TRIES));
  }

  /**
   * A browser's session.
   *
   * @param cookie its secret
   * @param csrf what its pages bring with each change
   */
  record Session(String cookie, String csrf) {}

  Session begin(Caller caller) {
    var session = new Session(secret(), secret());
    long now = clock.millis();
    sessions.add(
        sha256(session.cookie()),
        new WebSessions.WebSession(caller.name(), session.csrf(), now, now + SESSION.toMillis()));
    return session;
  }

  void end(String cookie) {
    sessions.remove(sha256(cookie));
  }

  /** Makes an API token for a user; it is shown this once. */
  public String newToken(String user, String label, OptionalLong expiresAt) {
    var token = TOKEN_PREFIX + secret();
    tokens.add(sha256(token), user, label, clock.millis(), expiresAt);
    return token;
  }

  /** Adds a user; whether nobody of that name was there. */
  public boolean add(String name, Role role, String password) {
    return users.add(new Users.User(name, role, passwords.hash(password), clock.millis()));
  }

  boolean setPassword(String name, String password) {
    return users.setPassword(name, passwords.hash(password));
  }

  /** A new secret: 256 bits, base64url. */
  public String secret() {
    var bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static boolean isSame(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
