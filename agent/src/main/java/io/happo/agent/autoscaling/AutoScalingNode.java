package io.happo.agent.autoscaling;

import io.happo.agent.autoscaling.Refusal.Kind;
import io.happo.agent.metrics.ActiveMetricConfig;
import io.happo.agent.metrics.MetricConfig;
import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Response;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This machine as an instance of an Auto Scaling group: it registers itself at its bastion some
 * time after the start, and collects what its alias is to collect. What fails is tried again each
 * minute, as a bastion may come later than its instances.
 */
public final class AutoScalingNode implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.autoscaling");
  private static final String BASTION = "HAPPO_AGENT_DAEMON_AUTOSCALING_BASTION_ENDPOINT";
  private static final String WAIT = "HAPPO_AGENT_DAEMON_AUTOSCALING_JOIN_WAIT_SECONDS";
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  /**
   * How it joins.
   *
   * @param bastion its address; empty where the parameter store has it
   * @param delay from the start on
   * @param parameterPath below which parameters of the same names override these two
   * @param apiKeyFile holds the key that the bastion wants, when it wants one
   */
  public record Settings(
      Optional<URI> bastion,
      Duration delay,
      Optional<String> parameterPath,
      Optional<Path> apiKeyFile) {
    /**
     * Whether there is a way to know the bastion.
     *
     * @throws IOException when there is none
     */
    public void check() throws IOException {
      if (bastion.isEmpty() && parameterPath.isEmpty()) {
        throw new IOException(
            "missing \"autoscaling-bastion-endpoint\": an Auto Scaling instance must know where to"
                + " register; give --autoscaling-bastion-endpoint or"
                + " --autoscaling-parameter-store-path");
      }
    }
  }

  private final Settings settings;
  private final Cloud cloud;
  private final HttpsClient client;
  private final ActiveMetricConfig metrics;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable Settings known;
  private volatile Cloud.@Nullable Self self; // As AWS has said last.

  public AutoScalingNode(
      Settings settings, Cloud cloud, HttpsClient client, ActiveMetricConfig metrics) {
    this.settings = settings;
    this.cloud = cloud;
    this.client = client;
    this.metrics = metrics;
  }

  /**
   * The address of a bastion.
   *
   * @throws IllegalArgumentException that says why it is none
   */
  public static URI bastion(String text) {
    var uri = URI.create(text);
    // An agent speaks nothing else, and a key is not for everyone on the way.
    if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address such as https://192.0.2.1:6777");
    }
    return uri;
  }

  /** Begins to wait. */
  public void start() {
    Thread.ofVirtual().name("autoscaling-join").start(this::joinAtLast);
  }

  private void joinAtLast() {
    long begin = System.nanoTime();
    try {
      var left = Duration.ZERO;
      do {
        try {
          var wait = settled().delay().minusNanos(System.nanoTime() - begin);
          if (over.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
          join();
          return;
        } catch (IOException | JsonException e) {
          known = null; // Perhaps the parameters are what is wrong.
          LOG.log(
              Level.ERROR,
              "autoscaling: not registered at the bastion, tried again in {0} s: {1}",
              AGAIN.toSeconds(),
              e.getMessage());
          left = AGAIN;
        }
      } while (!over.await(left.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  /** The settings with what the parameter store says, which is asked until that serves. */
  private Settings settled() throws IOException {
    var found = known;
    if (found == null) {
      found =
          settings.parameterPath().isPresent()
              ? overridden(cloud.parameters(settings.parameterPath().get()))
              : settings;
      known = found;
    }
    return found;
  }

  private Settings overridden(Map<String, String> parameters) throws IOException {
    try {
      var bastion = Optional.ofNullable(parameters.get(BASTION)).map(AutoScalingNode::bastion);
      var wait = Optional.ofNullable(parameters.get(WAIT)).map(Long::parseLong);
      return new Settings(
          bastion.or(settings::bastion),
          wait.map(Duration::ofSeconds).orElse(settings.delay()),
          settings.parameterPath(),
          settings.apiKeyFile());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "the parameters below "
              + settings.parameterPath().orElse("")
              + " cannot be used: "
              + e.getMessage(),
          e);
    }
  }

  private void join() throws IOException, JsonException {
    var found = cloud.self();
    self = found;
    synchronized (this) {
      if (over.getCount() > 0) {
        register(found);
      }
    }
  }

  private void register(Cloud.Self self) throws IOException, JsonException {
    var body =
        begin()
            .member("autoscaling_group_name", self.group())
            .member("ip", self.instance().ip())
            .member("instance_id", self.instance().id());
    var answer = post("/autoscaling/instance/register", body);
    if (answer.status() == 200) {
      collect(Json.parseObject(answer.body()));
    } else if (said(answer).equals("already registered")) {
      // By a refresh, or before this agent started.
      collect(alias(self.instance().id()));
    } else {
      throw new IOException(refused(answer));
    }
  }

  private void collect(JsonObject alias) throws IOException, JsonException {
    var data = alias.requiredObject("instance_data");
    metrics.replace(MetricConfig.read(data.requiredObject("metric_config")));
    LOG.log(Level.INFO, "autoscaling: registered as {0}", alias.text("alias"));
  }

  private JsonObject alias(String instanceId) throws IOException, JsonException {
    var headers = Headers.of("Authorization", "Bearer " + key());
    var answer = client.send("GET", at("/autoscaling"), headers, new byte[0], DEADLINE);
    if (answer.status() != 200) {
      throw new IOException(refused(answer));
    }
    for (var group : Json.parseObject(answer.body()).objects("autoscaling")) {
      for (var alias : group.objects("instances")) {
        if (alias.requiredObject("instance_data").text("instance_id").equals(instanceId)) {
          return alias;
        }
      }
    }
    throw new IOException(
        "the bastion says that this instance is registered, and lists it nowhere");
  }

  /** Takes this instance out of its group's aliases. It does not register itself again. */
  public void leave() throws Refusal {
    over.countDown();
    try {
      var known = self;
      var id = (known == null ? cloud.self() : known).instance().id();
      synchronized (this) {
        var answer = post("/autoscaling/instance/deregister", begin().member("instance_id", id));
        if (answer.status() != 200) {
          throw new Refusal(Kind.FAILED, refused(answer));
        }
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "autoscaling: not deregistered: {0}", e.getMessage());
      throw Refusal.failed(e);
    }
  }

  private static String refused(Response answer) {
    var message = said(answer);
    return message.isEmpty()
        ? "the bastion answered "
            + answer.status()
            + (answer.status() == 403
                ? ": let this instance in there by --allowed-hosts, and see that --api-key-file"
                    + " holds its key"
                : "")
        : message;
  }

  /** The message of an answer; empty when it has none, or is no JSON. */
  private static String said(Response answer) {
    try {
      return Json.parseObject(answer.body()).text("message");
    } catch (JsonException e) {
      return "";
    }
  }

  private JsonWriter begin() throws IOException {
    return new JsonWriter().beginObject().member("apikey", key());
  }

  private String key() throws IOException {
    if (settings.apiKeyFile().isEmpty()) {
      return "";
    }
    var text = Files.readString(settings.apiKeyFile().get(), StandardCharsets.UTF_8);
    return text.lines().findFirst().orElse("").strip();
  }

  private Response post(String path, JsonWriter body) throws IOException {
    return client.send("POST", at(path), JSON, body.endObject().toBytes(), DEADLINE);
  }

  private URI at(String path) throws IOException {
    var bastion = settled().bastion();
    if (bastion.isEmpty()) {
      throw new IOException("the parameter store names no bastion in " + BASTION);
    }
    return URI.create(bastion.get().toString().replaceFirst("/+$", "") + path);
  }

  /** Stops waiting. It stays registered: the group's instance is there still. */
  @Override
  public void close() {
    over.countDown();
  }
}
