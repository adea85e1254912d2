package io.happo.agent.orders;

import io.happo.agent.collectors.CollectorChecks;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.scheduler.CheckRunner;
import io.happo.agent.scheduler.Checks;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.agent.scheduler.PlanFile;
import io.happo.core.Sha256;
import io.happo.core.link.ToHub.PlanStatus;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.Check;
import io.happo.core.plan.Collector;
import io.happo.core.plan.Plan;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Work;
import io.happo.program.keys.SigningKey;
import io.happo.program.schedule.Scheduler;
import io.happo.program.schedule.SchedulerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an agent does for a hub, without the link: the hub's key and its bundles are here. */
final class Orders implements AutoCloseable {
  static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

  final Path folder;
  final SigningKey hub;
  final SigningKey stranger;
  final BundleFolder bundles;
  final Map<String, byte[]> served = new HashMap<>(); // by digest
  int fetched;
  Optional<byte[]> signer;
  private final Exec exec =
      new Exec(new ExecSettings(8, 1 << 20, Duration.ofMillis(200), ENVIRONMENT));
  private final CheckRunner runner;

  /** Never started: only what it is told is of interest. */
  private final Scheduler scheduler;

  /**
   * @param folder the agent's own
   */
  Orders(Path folder) throws IOException {
    this.folder = folder;
    hub = SigningKey.open(folder.resolve("the-hubs.key"));
    stranger = SigningKey.open(folder.resolve("a-strangers.key"));
    signer = Optional.of(Base64.getDecoder().decode(hub.publicKey()));
    bundles = new BundleFolder(folder.resolve("bundles"));
    runner =
        new CheckRunner(
            exec, new PluginPaths(List.of(folder.resolve("plugins"))), bundles, ENVIRONMENT);
    scheduler =
        new Scheduler(
            new SchedulerSettings("agent", 4, ZoneId.of("UTC")),
            runner,
            result -> {},
            InstantSource.system(),
            System::nanoTime);
  }

  /** What plans have had kept running, all of them. */
  final List<Collector> collectors = new ArrayList<>();

  /** Nobody looks at collectors. */
  static HubWork.Watchers noWatchers() {
    return new HubWork.Watchers(new CollectorChecks(), new HubChecks(), _ -> {});
  }

  PlanOrders plans(HubMayRun mayRun) {
    return new PlanOrders(
        mayRun,
        new PlanFile(folder.resolve("plan.json")),
        bundles,
        this::fetch,
        () -> signer,
        scheduler,
        collectors::addAll);
  }

  RunOrders runs(HubMayRun mayRun, Optional<PlanDocument> plan) {
    return new RunOrders(
        mayRun, () -> plan, runner, folder.resolve("runs"), () -> signer, InstantSource.system());
  }

  private byte[] fetch(String sha256) throws IOException {
    fetched++;
    var bytes = served.get(sha256);
    if (bytes == null) {
      throw new IOException("bundle " + sha256 + ": the hub answered 404");
    }
    return bytes;
  }

  /** How many checks the scheduler has. */
  int scheduled() {
    return scheduler.counts().planned();
  }

  /** A bundle of this text that the hub serves. */
  Bundle bundle(String name, String text, String signature) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var sha256 = Sha256.of(text);
    served.put(sha256, bytes);
    return new Bundle(sha256, name, Bundle.Kind.SCRIPT, bytes.length, signature);
  }

  /** One that the hub has signed. */
  Bundle bundle(String name, String text) {
    return bundle(name, text, hub.sign(text));
  }

  /** A plan with one check for each bundle. */
  static PlanDocument plan(Bundle... bundles) {
    var checks =
        java.util.stream.Stream.of(bundles)
            .map(it -> Checks.running(it.name(), new Work.Script(it.sha256(), List.of())))
            .toList();
    return PlanDocument.of(new Plan(checks, List.of(bundles)));
  }

  static PlanDocument plan(Check... checks) {
    return PlanDocument.of(new Plan(List.of(checks), List.of()));
  }

  static Check builtin(String name) {
    return Checks.running(name, new Work.Builtin("uptime", List.of()));
  }

  static PlanStatus apply(PlanOrders plans, PlanDocument document) {
    return plans.apply(document.hash(), document.text());
  }

  /** Installs a plugin. */
  void plugin(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve("plugins"));
    var file =
        Files.writeString(folder.resolve("plugins").resolve(name), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Override
  public void close() {
    exec.close();
  }
}
