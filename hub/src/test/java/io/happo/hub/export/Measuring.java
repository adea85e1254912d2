package io.happo.hub.export;

import io.happo.hub.alert.CheckSettings;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.TestFleet;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.settings.Secrets;
import io.happo.hub.store.Checks;
import io.happo.hub.store.OutputBook;
import io.happo.hub.store.Samples;
import io.happo.hub.store.SeriesNames;
import io.happo.hub.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** An agent of a real store whose check measures, and what sends that on. */
final class Measuring implements AutoCloseable {
  /** As a hub has them, with less patience. */
  static final OutputLimits LIMITS =
      new OutputLimits(
          500,
          100,
          1 << 20,
          Duration.ofSeconds(1),
          Duration.ofMillis(5),
          Duration.ofMillis(50),
          Duration.ofHours(1),
          Duration.ofMillis(5));

  final Store store;
  final TestFleet fleet;
  final Member agent;
  final MemorySource source;
  private final Path folder;
  private final Intake intake;
  private Export export;

  Measuring(Path folder, MemorySource source) throws Exception {
    this.folder = folder;
    this.source = source;
    store = Store.open(folder, "");
    fleet = new TestFleet(store, folder);
    agent = fleet.member("web-01", Map.of("role", "web"));
    intake =
        new Intake(
            store,
            (number, check) -> CheckSettings.DEFAULT,
            IntakeLimits.DEFAULT,
            InstantSource.system());
    intake.start();
    export = open();
  }

  private Export open() throws Exception {
    var opened = open(source);
    opened.start();
    return opened;
  }

  /** What sends on what stands in another log. */
  Export open(SampleSource source) throws Exception {
    return new Export(
        new OutputBook(store),
        source,
        new SeriesNames(store),
        fleet.fleet,
        new Checks(store),
        Secrets.open(folder.resolve("secrets.key")),
        LIMITS,
        InstantSource.system());
  }

  /** As after a restart of the hub. */
  void openAgain() throws Exception {
    export.close();
    export = open();
  }

  SeriesBook book() {
    return new SeriesBook(new SeriesNames(store), fleet.fleet);
  }

  Outputs outputs() {
    return export.outputs();
  }

  Outputs.Status status() {
    return outputs().all().getFirst();
  }

  String page() {
    return new String(export.fleetPage(), StandardCharsets.UTF_8);
  }

  /** Stores what a check measures. */
  void report(String check, String perfdata) throws Exception {
    intake.report(agent.number(), check, 0, "OK | " + perfdata, Optional.empty()).get();
  }

  /** The number of a series that a check measures. */
  long series(String check, String label) throws Exception {
    report(check, label + "=1");
    long number = new Checks(store).find(agent.number(), check).orElseThrow().number();
    return new Samples(store)
        .series(agent.number(), number).stream()
            .filter(series -> series.key().name().equals(label))
            .findFirst()
            .orElseThrow()
            .number();
  }

  /** One value at a time. */
  void add(long series, long from, long to) {
    for (long n = from; n < to; n++) {
      source.add(System.currentTimeMillis(), new SampleSource.Sample(series, n * 1_000, n));
    }
  }

  @Override
  public void close() {
    export.close();
    intake.close();
    store.close();
  }
}
