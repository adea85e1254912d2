package io.happo.hub.classic;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.core.plan.AgentView;
import io.happo.core.plan.Check;
import io.happo.core.plan.Work;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.intake.Intake;
import io.happo.hub.store.StoreException;
import io.happo.net.Response;
import io.happo.program.schedule.Ran;
import io.happo.program.schedule.Runner;
import io.happo.program.schedule.Scheduler;
import io.happo.program.schedule.SchedulerSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One agent that is asked: its checks at their times, what it has measured each minute, and whether
 * it is there. While it is away its checks do not run and have no results, as those of any agent
 * that is away: that it is, is told, once.
 */
final class Watched implements Runner, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.hub.classic");
  private static final int AT_ONCE = 4;

  private static final Duration METRIC_DEADLINE = Duration.ofSeconds(15);

  /** What the way may take beside the plugin's own time. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(5);

  /** An agent ends a plugin by its own setting, usually 10 s, and says so. */
  private static final Duration LEAST_WAIT = Duration.ofSeconds(15);

  /** Each answer holds 60 seconds' worth. */
  private static final int MOST_FETCHES = 10;

  private final Way way;
  private final ClassicClient client;
  private final PlanBook plans;
  private final Intake intake;
  private final InstantSource clock;
  private final Contact contact;
  private final MetricConfigs metricConfigs;
  private final String epoch = "classic-" + UUID.randomUUID(); // Its sequence begins with it.
  private final AtomicLong sequence = new AtomicLong();
  private final Scheduler scheduler;
  private @Nullable Planned planned; // Of whoever looks.

  /** What the plan that it has was made of. */
  private record Planned(long version, AgentView view) {}

  /**
   * @param wait until it is asked first
   */
  Watched(
      Way way,
      ClassicClient client,
      Fleet fleet,
      PlanBook plans,
      Intake intake,
      InstantSource clock,
      Duration wait) {
    this.way = way;
    this.client = client;
    this.plans = plans;
    this.intake = intake;
    this.clock = clock;
    contact = new Contact(fleet, way.member(), wait, this::tell);
    metricConfigs = new MetricConfigs(way, client, this::tell);
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

  /** Whether {@link #look} has something to do. For one thread at a time, with that. */
  boolean isDue() {
    return contact.isBeatDue() || metricConfigs.isDue() || !now().equals(planned);
  }

  private Planned now() {
    return new Planned(plans.versionFor(way.member()), way.member().view());
  }

  /** Gives it its plan when that is another one, and asks it when it is time. Blocks. */
  void look() {
    var now = now();
    if (!now.equals(planned)) {
      var document = plans.wanted(way.member());
      if (document.isPresent()) {
        scheduler.use(document.get());
        metricConfigs.use(document.get().plan().metrics());
        plans.reported(way.member(), new ToHub.PlanStatus(document.get().hash(), true, List.of()));
      }
      planned = now;
    }
    if (contact.isBeatDue()) {
      contact.beat();
      beat();
    }
    if (metricConfigs.isDue() && (way.group().isPresent() || !contact.isAway())) {
      metricConfigs.send();
    }
  }

  private void beat() {
    if (!intake.health().problem().isEmpty()) {
      return; // What it hands over now would be lost.
    }
    try {
      for (int i = 0; i < MOST_FETCHES; i++) {
        var body = new JsonWriter().beginObject().member("apikey", "").endObject();
        var answer = client.ask(way, "metric", body, METRIC_DEADLINE, contact.isAway());
        if (ClassicAnswer.isUnassigned(way, answer)) {
          contact.good(); // Nobody has the alias, which the bastion knows.
          return;
        }
        if (answer.status() != 200) {
          throw new IOException(ClassicAnswer.problem(answer));
        }
        contact.good();
        var batches = Json.parseObject(answer.body()).objects("metric_data");
        if (batches.isEmpty()) {
          return;
        }
        var items = new ArrayList<Item>();
        for (var batch : batches) {
          items.add(new Item.Metrics(MetricBatch.read(batch)));
        }
        try {
          keep(items);
        } catch (IOException e) {
          LOG.log(Level.ERROR, "agent={0} metrics are lost: {1}", name(), e.getMessage());
          return;
        }
      }
    } catch (NoPlaceException e) {
      notAsked(e);
    } catch (IOException e) {
      contact.bad(String.valueOf(e.getMessage()));
    } catch (JsonException e) {
      LOG.log(Level.WARNING, "agent={0} /metric: {1}", name(), e.getMessage());
    }
  }

  private void notAsked(Exception why) {
    LOG.log(Level.DEBUG, "agent={0} not asked: {1}", name(), why.getMessage());
  }

  private String name() {
    return way.member().name();
  }

  @Override
  public Optional<Ran> run(Check check) {
    if (contact.isAway()) {
      return Optional.empty();
    }
    if (!(check.work() instanceof Work.Plugin plugin)) {
      return Optional.of(Ran.unknown("this agent runs installed plugins alone"));
    }
    var body = new JsonWriter().beginObject().member("apikey", "");
    if (check.inventory()) {
      // Of an alias, one of its group is asked; the command is one that its shell finds.
      body.member("command", plugin.name()).member("command_option", plugin.shellArguments());
      var inventory = body.endObject();
      return ask(way.toGroup(), "inventory", inventory, check.timeout(), ClassicAnswer::listed);
    }
    body.member("plugin_name", plugin.name()).member("plugin_option", plugin.shellArguments());
    return ask(way, "monitor", body.endObject(), check.timeout(), ClassicAnswer::ran);
  }

  /**
   * Asks, and tells what came of it.
   *
   * @param reading of an answer; what is empty says that the agent was not reached
   */
  private Optional<Ran> ask(
      Way to,
      String type,
      JsonWriter body,
      Duration timeout,
      Function<Response, Optional<Ran>> reading) {
    var deadline = (timeout.compareTo(LEAST_WAIT) < 0 ? LEAST_WAIT : timeout).plus(ON_THE_WAY);
    long begin = System.nanoTime();
    try {
      var answer = client.ask(to, type, body, deadline, false);
      var ran = reading.apply(answer);
      if (ran.isPresent() || ClassicAnswer.isUnassigned(to, answer)) {
        contact.good();
      } else {
        bad(to, ClassicAnswer.problem(answer));
      }
      return ran;
    } catch (SocketTimeoutException e) {
      // It may be the plugin that takes so long, or the agent is not there.
      contact.beat();
      beat();
      if (contact.hasAnsweredSince(begin)) {
        return Optional.of(Ran.unknown("no answer within " + deadline.toSeconds() + " s"));
      }
    } catch (NoPlaceException | StoreException e) {
      notAsked(e); // Which is no fault of the agent.
    } catch (IOException e) {
      bad(to, String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  /** What another one of its group does not answer says nothing of this one. */
  private void bad(Way to, String why) {
    if (to.chain().equals(way.chain())) {
      contact.bad(why);
    }
  }

  private void tell(String name, String text) {
    try {
      keep(List.of(new Item.Event(name, clock.millis(), text, new TreeMap<>())));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "agent={0}: {1}", name(), e.getMessage());
    }
  }

  private void keep(List<Item> items) throws IOException {
    try {
      long first = sequence.getAndAdd(items.size()) + 1;
      var batch = new ToHub.Results(epoch, first, items);
      intake.submit(way.member().number(), batch).get();
    } catch (ExecutionException e) {
      throw new IOException("not stored: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What is still heard of it says nothing any more. */
  void end() {
    contact.close();
  }

  /** Stops asking. */
  @Override
  public void close() {
    end();
    scheduler.close();
  }
}
