package io.happo.hub.export;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.settings.Secrets;
import io.happo.hub.store.Checks;
import io.happo.hub.store.OutputBook;
import io.happo.hub.store.SeriesNames;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;

/** All ways out. Any thread. */
public final class Export implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("happo.export");
  private static final Duration REST = Duration.ofMinutes(1);

  private final FleetPage page;
  private final Outputs outputs;
  private final Thread resting = Thread.ofVirtual().name("export").unstarted(this::run);

  public Export(
      OutputBook outputs,
      SampleSource source,
      SeriesNames series,
      Fleet fleet,
      Checks checks,
      Secrets secrets,
      InstantSource clock) {
    this(outputs, source, series, fleet, checks, secrets, OutputLimits.DEFAULT, clock);
  }

  Export(
      OutputBook outputs,
      SampleSource source,
      SeriesNames series,
      Fleet fleet,
      Checks checks,
      Secrets secrets,
      OutputLimits limits,
      InstantSource clock) {
    var book = new SeriesBook(series, fleet);
    this.page = new FleetPage(new Newest(source), book, fleet, checks, clock);
    this.outputs = new Outputs(outputs, source, book, secrets, limits, clock);
  }

  /** Begins to send. */
  public void start() {
    outputs.start();
    resting.start();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(REST);
        try {
          page.rest();
          outputs.tidy();
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "the log is kept for who does not read it: {0}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      // The hub stops.
    }
  }

  public Outputs outputs() {
    return outputs;
  }

  /** How the fleet is, in Prometheus' text format. */
  public byte[] fleetPage() {
    return page.text();
  }

  @Override
  public void close() {
    resting.interrupt();
    outputs.close();
  }
}
