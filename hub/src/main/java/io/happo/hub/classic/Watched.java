package io.happo.hub.classic;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.core.plan.Check;
import io.happo.core.plan.Work;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.fleet.Presence;
import io.happo.hub.intake.Intake;
import io.happo.net.Response;
import io.happo.program.schedule.Ran;
import io.happo.program.schedule.Runner;
import io.happo.program.schedule.Scheduler;
import io.happo.program.schedule.SchedulerSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One agent that is asked: its checks at their times, what it has measured each minute, and whether
 * it is there. While it cannot be reached its checks have no results, as those of an agent that is
 * away: that it is away is told, once.
 */
final class Watched implements Runner, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.hub.classic");
  private static final int AT_ONCE = 4;
  private static final int UNKNOWN = 3;
  private static final int NO_EXIT = -1;

  /** How often what it has measured is fetched, and so whether it is there. */
  private static final Duration BEAT = Duration.ofMinutes(1);

  /** How soon it is asked again when it was not. */
  private static final Duration AGAIN = Duration.ofSeconds(10);

  /** So often in a row it was not there until it is taken for away. */
  private static final int MOST_FAILURES = 3;

  private static final Duration METRIC_DEADLINE = Duration.ofSeconds(30);

  /** What the way may take beside the plugin's own time. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(5);

  /** Each answer holds 60 seconds' worth. */
  private static final int MOST_FETCHES = 10;

  private static final String TIMED_OUT = "Exec timeout";

  private final Way way;
  private final ClassicClient client;
  private final Fleet fleet;
  private final PlanBook plans;
  private final Intake intake;
  private final InstantSource clock;
  private final String epoch;
  private final AtomicLong sequence = new AtomicLong();
  private final Scheduler scheduler;
  private int failures; // Under this, as the next.
  private long nextBeat = System.nanoTime();
  private List<Work.Plugin> wanted = List.of(); // Of whoever looks, as the next two.
  private List<Work.Plugin> sent = List.of();
  private String problemTold = "";

  Watched(
      Way way,
      ClassicClient client,
      Fleet fleet,
      PlanBook plans,
      Intake intake,
      InstantSource clock,
      String epoch) {
    this.way = way;
    this.client = client;
    this.fleet = fleet;
    this.plans = plans;
    this.intake = intake;
    this.clock = clock;
    this.epoch = epoch;
    scheduler =
        new Scheduler(
            new SchedulerSettings(way.member().id(), AT_ONCE, ZoneId.systemDefault()),
            this,
            item -> keep(List.of(item)),
            clock,
            System::nanoTime);
  }

  Way way() {
    return way;
  }

  void start() {
    scheduler.start();
  }

  /** Gives it its plan when that is another one, and asks it when it is time. Blocks. */
  void look() {
    if (!plans.isOffered(way.member())) {
      plans
          .wanted(way.member())
          .ifPresent(
              document -> {
                scheduler.use(document);
                wanted = document.plan().metrics();
                askSoon();
                plans.reported(
                    way.member(), new ToHub.PlanStatus(document.hash(), true, List.of()));
              });
    }
    if (isTimeToAsk()) {
      beat();
      sendMetricConfig();
    }
  }

  private synchronized void askSoon() {
    nextBeat = System.nanoTime();
  }

  private synchronized boolean isTimeToAsk() {
    if (System.nanoTime() - nextBeat < 0) {
      return false;
    }
    nextBeat = System.nanoTime() + (failures == 0 ? BEAT : AGAIN).toNanos();
    return true;
  }

  private void beat() {
    if (!intake.health().problem().isEmpty()) {
      return; // What it hands over now would be lost.
    }
    try {
      for (int i = 0; i < MOST_FETCHES; i++) {
        var body = new JsonWriter().beginObject().member("apikey", "").endObject();
        var answer = client.ask(way, "metric", body, METRIC_DEADLINE);
        if (answer.status() != 200) {
          throw new IOException("it answered " + answer.status() + message(answer));
        }
        good();
        var batches = Json.parseObject(answer.body()).objects("metric_data");
        if (batches.isEmpty()) {
          return;
        }
        var items = new ArrayList<Item>();
        for (var batch : batches) {
          items.add(new Item.Metrics(MetricBatch.read(batch)));
        }
        keep(items);
      }
    } catch (IOException e) {
      bad(String.valueOf(e.getMessage()));
    } catch (JsonException e) {
      LOG.log(Level.WARNING, "agent={0} /metric: {1}", way.member().name(), e.getMessage());
    }
  }

  @Override
  public Optional<Ran> run(Check check) {
    if (!(check.work() instanceof Work.Plugin plugin)) {
      return Optional.of(Ran.unknown("this agent runs installed plugins alone"));
    }
    if (check.inventory()) {
      return list(plugin, check.timeout());
    }
    var body =
        new JsonWriter()
            .beginObject()
            .member("apikey", "")
            .member("plugin_name", plugin.name())
            .member("plugin_option", plugin.shellArguments())
            .endObject();
    return ran(way, "monitor", body, check.timeout(), Watched::ran);
  }

  /** Makes what an answer says; empty when it says that the agent was not reached. */
  private interface Reading {
    Optional<Ran> of(Response answer);
  }

  private Optional<Ran> ran(
      Way to, String type, JsonWriter body, Duration timeout, Reading reading) {
    try {
      var answer = client.ask(to, type, body, timeout.plus(ON_THE_WAY));
      var ran = reading.of(answer);
      if (ran.isPresent()) {
        good();
      } else {
        bad("it answered " + answer.status() + message(answer));
      }
      return ran;
    } catch (IOException e) {
      bad(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** The command is one that the agent's shell finds; of an alias, one of its group is asked. */
  private Optional<Ran> list(Work.Plugin command, Duration timeout) {
    var body =
        new JsonWriter()
            .beginObject()
            .member("apikey", "")
            .member("command", command.name())
            .member("command_option", command.shellArguments())
            .endObject();
    return ran(way.toGroup(), "inventory", body, timeout, Watched::listed);
  }

  /** A command that failed is answered 400, one that did not end, or could not begin, 417. */
  static Optional<Ran> listed(Response answer) {
    try {
      var json = Json.parseObject(answer.body());
      var text = json.text("return_value");
      int code = Math.clamp(json.requiredLong("return_code"), NO_EXIT, 255);
      return switch (answer.status()) {
        case 200 -> Optional.of(new Ran(0, 0, text));
        case 400 -> Optional.of(new Ran(UNKNOWN, code, text));
        case 417 -> Optional.of(Ran.unknown("the command did not end in time, or did not start"));
        case 403 -> Optional.of(Ran.unknown("the agent does not allow this command"));
        default -> Optional.empty();
      };
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  /**
   * What an answer says of the plugin; empty when it says that the agent was not reached: a bastion
   * answers 5xx then. An agent whose plugin took too long answers 500 as well, in these words.
   */
  static Optional<Ran> ran(Response answer) {
    try {
      var json = Json.parseObject(answer.body());
      var message = json.text("message");
      long value = json.requiredLong("return_value");
      if (answer.status() == 200) {
        int exit = Math.clamp(value, NO_EXIT, 255);
        return Optional.of(new Ran(exit >= 0 && exit < UNKNOWN ? exit : UNKNOWN, exit, message));
      }
      return answer.status() == 400 || message.startsWith(TIMED_OUT)
          ? Optional.of(Ran.unknown(message))
          : Optional.empty();
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  /**
   * An agent that the plan has metrics for collects these alone. One that it has none for, and had
   * none as long as this hub runs, keeps what it has.
   */
  private void sendMetricConfig() {
    var wantedNow = wanted;
    if (wantedNow.equals(sent)) {
      return;
    }
    var body = new JsonWriter().beginObject().member("apikey", "").key("config").beginObject();
    body.key("metrics").beginArray();
    if (!wantedNow.isEmpty()) {
      body.beginObject().member("hostname", way.member().name()).key("plugins").beginArray();
      for (var plugin : wantedNow) {
        body.beginObject()
            .member("plugin_name", plugin.name())
            .member("plugin_option", plugin.shellArguments())
            .endObject();
      }
      body.endArray().endObject();
    }
    body.endArray().endObject().endObject();
    try {
      var answer = client.ask(way.toGroup(), "metric/config/update", body, METRIC_DEADLINE);
      var status = answer.status() == 200 ? Json.parseObject(answer.body()).text("status") : "";
      if (status.equals("OK")) {
        sent = wantedNow;
      } else {
        metricConfigProblem("it answered " + answer.status() + message(answer));
      }
    } catch (IOException | JsonException e) {
      metricConfigProblem(String.valueOf(e.getMessage()));
    }
  }

  /** It is tried again with the next beat, and told once. */
  private void metricConfigProblem(String why) {
    if (!why.equals(problemTold)) {
      problemTold = why;
      tell("metric-config-failed", "its metrics could not be set: " + why);
    }
  }

  private static String message(Response answer) {
    try {
      var message = Json.parseObject(answer.body()).text("message");
      return message.isEmpty() ? "" : ": " + message;
    } catch (JsonException e) {
      return answer.status() == 403 ? ": let this hub in by --allowed-hosts there" : "";
    }
  }

  private void good() {
    boolean news;
    synchronized (this) {
      failures = 0;
      news = way.member().presence().kind() != Presence.Kind.CONNECTED;
      if (news) {
        fleet.present(way.member(), Presence.Kind.CONNECTED);
      }
    }
    if (news) {
      tell("agent-reached", "the agent answers");
    }
  }

  private void bad(String why) {
    boolean news;
    synchronized (this) {
      failures++;
      nextBeat = Math.min(nextBeat, System.nanoTime() + AGAIN.toNanos());
      news = failures >= MOST_FAILURES && way.member().presence().kind() != Presence.Kind.LOST;
      if (news) {
        fleet.present(way.member(), Presence.Kind.LOST);
      }
    }
    if (news) {
      LOG.log(Level.WARNING, "agent={0} is away: {1}", way.member().name(), why);
      tell("agent-not-reached", "the agent cannot be reached: " + why);
    }
  }

  private void tell(String name, String text) {
    try {
      keep(List.of(new Item.Event(name, clock.millis(), text, new TreeMap<>())));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "agent={0}: {1}", way.member().name(), e.getMessage());
    }
  }

  private void keep(List<Item> items) throws IOException {
    try {
      long first = sequence.getAndAdd(items.size()) + 1;
      var batch = new ToHub.Results(epoch, first, items);
      intake.submit(number(), batch).get();
    } catch (ExecutionException e) {
      throw new IOException("not stored: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private long number() {
    Member member = way.member();
    return member.number();
  }

  /** Stops asking. */
  @Override
  public void close() {
    scheduler.close();
  }
}
