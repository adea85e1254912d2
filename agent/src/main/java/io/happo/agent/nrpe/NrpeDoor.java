package io.happo.agent.nrpe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Outcome;
import io.happo.agent.exec.Surroundings;
import io.happo.agent.nrpe.NrpeSettings.Logged;
import io.happo.core.JsonWriter;
import io.happo.core.nrpe.CommandLine;
import io.happo.core.nrpe.ForbiddenCharacters;
import io.happo.core.nrpe.NrpeCommand;
import io.happo.core.nrpe.NrpeQuery;
import io.happo.core.nrpe.NrpeReply;
import io.happo.core.nrpe.QueryRules;
import io.happo.core.nrpe.RefusedQueryException;
import io.happo.net.PacketHandler;
import io.happo.net.PacketPeer;
import io.happo.net.RefusedPacketException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The NRPE protocol (versions 2, 3 and 4) over {@link Exec}: who may ask, what a query means, what
 * is run and what the answer says, as NRPE 4.1 has it. A query that NRPE would not answer gets no
 * answer; why not is told to the log and to {@code /status}. For any number of threads.
 */
final class NrpeDoor implements PacketHandler {
  private static final int UNKNOWN = 3;
  private static final System.Logger LOG = System.getLogger("io.happo.agent.nrpe");

  private final Exec exec;
  private final boolean explains;
  private final Refusals refusals;
  private final AtomicLongArray answers = new AtomicLongArray(4);
  private volatile Rules rules;

  /**
   * What a configuration makes the door do.
   *
   * @param hostsFile where the list of allowed hosts stands; not given: in an option
   * @param commands name to line, both as bytes
   * @param places how many commands may run at once, when that is limited
   */
  record Rules(
      AllowedHosts allowedHosts,
      Optional<String> hostsFile,
      QueryRules query,
      Map<String, String> commands,
      String prefix,
      Duration timeout,
      Optional<Semaphore> places,
      Surroundings surroundings,
      Set<Logged> logged) {
    static Rules of(NrpeSettings settings, Surroundings surroundings) {
      var commands = new HashMap<String, String>();
      settings.commands().forEach((name, line) -> commands.put(bytes(name), bytes(line)));
      var query = settings.rules();
      var running = settings.running();
      return new Rules(
          AllowedHosts.of(settings.allowedHosts()),
          settings.hostsFile(),
          new QueryRules(
              query.arguments(),
              query.commandSubstitution(),
              new ForbiddenCharacters(query.forbiddenCharacters())),
          commands,
          bytes(running.prefix().orElse("")),
          running.timeout(),
          running.maxCommands() == 0
              ? Optional.empty()
              : Optional.of(new Semaphore(running.maxCommands(), true)),
          surroundings,
          settings.logged());
    }
  }

  /**
   * @param explains whether a refusal that an allowed peer may know the reason of is answered with
   *     it, as UNKNOWN, instead of silence
   */
  NrpeDoor(Rules rules, Exec exec, boolean explains, InstantSource clock) {
    this.rules = rules;
    this.exec = exec;
    this.explains = explains;
    refusals = new Refusals(clock);
  }

  /** Holds from the next query on. */
  void use(Rules next) {
    rules = next;
  }

  /** Text as the codec has it: each byte of its UTF-8 a character. */
  private static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private static String text(String bytes) {
    return new String(bytes.getBytes(ISO_8859_1), UTF_8);
  }

  @Override
  public Optional<String> refusal(InetSocketAddress peer) {
    var rules = this.rules;
    if (rules.allowedHosts().allows(peer.getAddress())) {
      return Optional.empty();
    }
    var address = peer.getAddress().getHostAddress();
    return Optional.of(
        rules.hostsFile().isPresent()
            ? "is not in allowed_hosts; if it may ask, add %s to that line of %s and reload the agent"
                .formatted(address, rules.hostsFile().get())
            : "is not in --nrpe-allowed-hosts; if it may ask, add %s there and restart the agent"
                .formatted(address));
  }

  @Override
  public int length(byte[] head, int count) throws RefusedPacketException {
    try {
      return NrpeQuery.length(head, count);
    } catch (RefusedQueryException e) {
      throw new RefusedPacketException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Optional<byte[]> answer(byte[] packet, PacketPeer peer) throws RefusedPacketException {
    TlsLog.of(peer, rules.logged()).ifPresent(text -> LOG.log(Level.INFO, "NRPE: {0}", text));
    try {
      var query = NrpeQuery.decode(packet);
      var reply = reply(query, peer);
      answers.incrementAndGet(reply.status());
      return Optional.of(reply.encode(query.version()));
    } catch (RefusedQueryException e) {
      throw new RefusedPacketException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void refused(InetSocketAddress peer, String reason) {
    refusals.add(peer, reason);
  }

  /** Answers by status, 0 to 3. */
  long answered(int status) {
    return answers.get(status);
  }

  /** Connections that got no answer. */
  long refused() {
    return refusals.total();
  }

  /** What {@code /status} tells: figures, and the latest refusals with their reasons. */
  void write(JsonWriter json) {
    json.beginObject().key("answered").beginArray();
    for (int status = 0; status < answers.length(); status++) {
      json.value(answers.get(status));
    }
    json.endArray().member("refused", refusals.total()).key("latest_refusals").beginArray();
    for (var refusal : refusals.latest()) {
      json.beginObject()
          .member("at", refusal.at().toString())
          .member("peer", refusal.peer())
          .member("reason", refusal.reason())
          .endObject();
    }
    json.endArray().endObject();
  }

  private NrpeReply reply(NrpeQuery query, PacketPeer peer) throws RefusedQueryException {
    var rules = this.rules;
    try {
      var command = NrpeCommand.parse(query.text(), rules.query());
      if (command.name().equals(NrpeCommand.VERSION_QUERY)) {
        return NrpeReply.version(NrpeReply.COMPATIBLE_VERSION);
      }
      var configured = rules.commands().get(command.name());
      if (configured == null) {
        return NrpeReply.notDefined(command.name());
      }
      var name = text(command.name());
      var line = text(CommandLine.of(rules.prefix(), configured, command.arguments()));
      var reply = runInPlace(name, line, rules);
      if (rules.logged().contains(Logged.QUERIES)) {
        LOG.log(
            Level.INFO,
            "NRPE: {0} asked {1}: {2}",
            peer.address().getAddress().getHostAddress(),
            name,
            reply.status());
      }
      return reply;
    } catch (RefusedQueryException e) {
      if (!explains) {
        throw e;
      }
      var reason = String.valueOf(e.getMessage());
      refusals.add(peer.address(), reason);
      return new NrpeReply(UNKNOWN, "NRPE: refused: " + reason);
    }
  }

  private NrpeReply runInPlace(String name, String line, Rules rules) {
    if (rules.places().isEmpty()) {
      return run(name, line, rules, rules.timeout());
    }
    var places = rules.places().get();
    long begin = System.nanoTime();
    try {
      if (!places.tryAcquire(rules.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.log(Level.WARNING, "NRPE: no place of max_commands came free for {0}", name);
        return NrpeReply.timedOut(rules.timeout().toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NrpeReply.timedOut(rules.timeout().toSeconds());
    }
    try {
      return run(name, line, rules, rules.timeout().minusNanos(System.nanoTime() - begin));
    } finally {
      places.release();
    }
  }

  private NrpeReply run(String name, String line, Rules rules, Duration left) {
    var command = Command.shell(line).with(Command.Stderr.DROPPED).in(rules.surroundings());
    return exec.run(command, left, outcome -> reply(outcome, name, rules));
  }

  private static NrpeReply reply(Outcome outcome, String name, Rules rules) {
    if (outcome instanceof Outcome.Exited exited) {
      return NrpeReply.exited(exited.stdout().bytes(), exited.status());
    }
    if (outcome instanceof Outcome.TimedOut timedOut) {
      if (!timedOut.started()) {
        LOG.log(Level.WARNING, "NRPE: no place of --max-processes came free for {0}", name);
      }
      return NrpeReply.timedOut(rules.timeout().toSeconds());
    }
    LOG.log(
        Level.ERROR, "NRPE: {0} not started: {1}", name, ((Outcome.NotStarted) outcome).reason());
    return NrpeReply.notStarted();
  }
}
