package io.happo.hub.notify;

import io.happo.core.JsonException;
import io.happo.hub.alert.Kind;
import io.happo.hub.alert.Notice;
import io.happo.hub.settings.Secrets;
import io.happo.hub.settings.Setting;
import io.happo.hub.store.Channels;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Messages;
import io.happo.hub.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends what waits for the channels, each channel's in its order and apart from the others: one
 * virtual thread for each. What a channel does not take is tried again, at longer and longer
 * intervals; what it will never take, or did not take for {@link #PATIENCE}, is given up and says
 * so. A message may arrive twice when the hub dies right after it was taken; it is never lost. Any
 * thread.
 */
public final class Notifier implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("happo.notify");

  /** For so long a message is tried. */
  private static final Duration PATIENCE = Duration.ofDays(2);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /** How often the store is asked though nobody has said that something waits. */
  private static final Duration LOOK = Duration.ofSeconds(30);

  private static final String OFF = "alerts.off";
  private static final int MAX_DOUBLINGS = 10;

  private final Channels channels;
  private final Messages messages;
  private final HubValues values;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Semaphore woken = new Semaphore(0);
  private final Thread thread = Thread.ofVirtual().name("notify").unstarted(this::run);
  private final Map<String, Worker> workers = new ConcurrentHashMap<>();
  private volatile URI url = URI.create("https://localhost/");
  private volatile List<String> names;
  private volatile boolean off;
  private volatile boolean closed;
  private @Nullable HttpClient client;

  public Notifier(
      Channels channels,
      Messages messages,
      HubValues values,
      Secrets secrets,
      InstantSource clock) {
    this.channels = channels;
    this.messages = messages;
    this.values = values;
    this.secrets = secrets;
    this.clock = clock;
    this.names = channels.all().stream().map(Channels.Channel::name).toList();
    this.off = values.find(OFF).equals(Optional.of("true"));
  }

  /** One channel's. */
  private final class Worker {
    final String name;
    final Semaphore work = new Semaphore(0);
    final Thread thread;

    /** A message that was taken, which the store does not know yet. */
    long taken;

    Worker(String name) {
      this.name = name;
      this.thread = Thread.ofVirtual().name("notify " + name).unstarted(this::run);
    }

    private void run() {
      try {
        while (!closed) {
          long wait = LOOK.toMillis();
          try {
            wait = Math.min(wait, sendAll(this));
          } catch (StoreException e) {
            LOG.log(Level.WARNING, "messages of {0} wait: {1}", name, e.getMessage());
          } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.ERROR, "messages of " + name + " wait", e);
          }
          if (work.tryAcquire(Math.max(1, wait), TimeUnit.MILLISECONDS)) {
            work.drainPermits();
          }
        }
      } catch (InterruptedException e) {
        // The hub stops: what was not sent is there when it starts.
      }
    }
  }

  /**
   * Begins to send.
   *
   * @param hub its URL, which messages lead to
   */
  public void start(URI hub) {
    url = hub;
    thread.start();
  }

  /** Has those send for whom something waits, also where it is to be said that they are none. */
  private void run() {
    try {
      while (!closed) {
        try {
          for (var name : messages.channels()) {
            worker(name).work.release();
          }
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "messages wait: {0}", e.getMessage());
        }
        if (woken.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
          woken.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      // The hub stops.
    }
  }

  private Worker worker(String name) {
    return workers.computeIfAbsent(
        name,
        _ -> {
          var worker = new Worker(name);
          worker.thread.start();
          return worker;
        });
  }

  /** The names of all channels; the same list until one comes or goes. Does not wait. */
  public List<String> channels() {
    return names;
  }

  /** Whether nobody is told anything. Does not wait. */
  public boolean isOff() {
    return off;
  }

  /** Nobody is told anything from now on; or those who are to be again. */
  public void turnOff(boolean isOff) {
    values.set(OFF, String.valueOf(isOff));
    off = isOff;
  }

  /** Something waits, or a channel is another one. Does not wait. */
  public void wake() {
    woken.release();
  }

  /**
   * Adds a channel, or changes one.
   *
   * @param given settings by name; a secret that is not among them stays as it was
   * @return everything that is wrong; empty when it is there now
   */
  public List<String> set(String name, ChannelKind kind, Map<String, String> given, String who) {
    var all = new TreeMap<>(given);
    var before = channels.find(name);
    if (before.isPresent() && before.get().kind().equals(kind.word())) {
      secretsOf(before.get()).forEach(all::putIfAbsent);
    }
    var problems = kind.problems(all);
    if (!problems.isEmpty()) {
      return problems;
    }
    channels.set(
        new Channels.Channel(
            name,
            kind.word(),
            Setting.part(kind.settings(), all, false),
            secrets.seal(Setting.part(kind.settings(), all, true)),
            who,
            clock.millis()));
    learn();
    wake();
    return List.of();
  }

  private Map<String, String> secretsOf(Channels.Channel channel) {
    try {
      return secrets.unseal(channel.secrets());
    } catch (IOException e) {
      return Map.of();
    }
  }

  /** Whether a channel was there, and is gone. */
  public boolean remove(String name) {
    boolean removed = channels.remove(name);
    learn();
    var worker = workers.remove(name);
    if (worker != null) {
      worker.thread.interrupt();
    }
    return removed;
  }

  private void learn() {
    names = channels.all().stream().map(Channels.Channel::name).toList();
  }

  /**
   * Sends a trial at once.
   *
   * @return why it was not taken; empty when it was, or there is no such channel
   */
  public Optional<String> trial(String name, String who) throws InterruptedException {
    long now = clock.millis();
    var notice =
        new Notice(
            Kind.PROBLEM,
            "trial",
            "trial@" + now,
            now,
            List.of(
                new Notice.Thing(
                    "happo-hub",
                    "",
                    "trial",
                    1,
                    now,
                    1,
                    "This is a trial, which " + who + " asked for: the channel works.\n",
                    "",
                    "trial@" + now)));
    try {
      send(name, notice);
      return Optional.empty();
    } catch (Sender.NotSentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Milliseconds until something is to be sent again. */
  private long sendAll(Worker worker) throws InterruptedException {
    while (true) {
      var waiting = messages.waiting(worker.name);
      if (waiting.isEmpty()) {
        return Long.MAX_VALUE;
      }
      var message = waiting.get();
      long wait = message.nextAt().orElse(0) - clock.millis();
      // A clock that was set back is no reason to wait for it.
      if (wait > 0 && wait <= LONGEST_PAUSE.toMillis()) {
        return wait;
      }
      send(worker, message);
    }
  }

  private void send(Worker worker, Messages.Message message) throws InterruptedException {
    try {
      if (worker.taken != message.number()) {
        send(message.channel(), Notice.read(message.content()));
        worker.taken = message.number();
      }
      messages.delivered(message.number(), clock.millis());
      LOG.log(
          Level.INFO, "told channel={0} message={1,number,#}", message.channel(), message.number());
    } catch (Sender.NotSentException e) {
      failed(message, String.valueOf(e.getMessage()), e.mostTries());
    } catch (StoreException e) {
      throw e;
    } catch (JsonException | RuntimeException e) {
      failed(message, "it cannot be sent: " + e, 1);
    }
  }

  private void failed(Messages.Message message, String why, int mostTries) {
    long now = clock.millis();
    boolean over =
        message.tries() + 1 >= mostTries || now - message.createdAt() > PATIENCE.toMillis();
    int doublings = Math.min(message.tries(), MAX_DOUBLINGS);
    long pause = Math.min(FIRST_PAUSE.toMillis() << doublings, LONGEST_PAUSE.toMillis());
    messages.failed(
        message.number(), why, over ? OptionalLong.empty() : OptionalLong.of(now + pause));
    LOG.log(
        Level.WARNING,
        "not told channel={0} message={1,number,#} {2} why={3}",
        message.channel(),
        message.number(),
        over ? "given up" : "tried again in " + pause / 1000 + " s",
        why);
  }

  private void send(String name, Notice notice)
      throws Sender.NotSentException, InterruptedException {
    var channel = channels.find(name);
    if (channel.isEmpty()) {
      throw new Sender.NotSentException("there is no channel " + name, false);
    }
    var kind = ChannelKind.of(channel.get().kind());
    if (kind.isEmpty()) {
      throw new Sender.NotSentException(
          "this hub knows no channels of the kind " + channel.get().kind(), true);
    }
    Map<String, String> hidden;
    try {
      hidden = secrets.unseal(channel.get().secrets());
    } catch (IOException e) {
      throw new Sender.NotSentException(String.valueOf(e.getMessage()), false, e);
    }
    var settings = new TreeMap<>(channel.get().settings());
    settings.putAll(hidden);
    try {
      sender(name, kind.get(), kind.get().whole(settings)).send(notice);
    } catch (Sender.NotSentException e) {
      throw new Sender.NotSentException(
          Secrets.hide(String.valueOf(e.getMessage()), hidden.values()), e.mostTries());
    } catch (RuntimeException e) {
      throw new Sender.NotSentException(
          "it cannot be sent: " + Secrets.hide(String.valueOf(e.getMessage()), hidden.values()),
          true);
    }
  }

  private Sender sender(String name, ChannelKind kind, Map<String, String> settings) {
    var wording = new Wording(url.toString());
    return switch (kind) {
      case MAIL ->
          new MailSender(settings, wording, url.getHost() == null ? "localhost" : url.getHost());
      case WEBHOOK -> WebSender.webhook(client(), settings, wording);
      case SLACK -> WebSender.slack(client(), settings, wording);
      case PAGERDUTY -> WebSender.pagerDuty(client(), settings, wording);
      case COMMAND -> new CommandSender(settings, name);
    };
  }

  /** Made when somebody needs it: most hubs send mail. */
  private synchronized HttpClient client() {
    if (client == null) {
      client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    }
    return client;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    workers.values().forEach(worker -> worker.thread.interrupt());
    synchronized (this) {
      if (client != null) {
        client.shutdownNow();
      }
    }
  }
}
