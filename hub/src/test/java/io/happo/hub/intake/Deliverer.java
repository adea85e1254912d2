package io.happo.hub.intake;

import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * A program that is there to be killed: {@code Deliverer FOLDER URL} delivers what agents 0 to 9
 * have from the first sequence on, again and again, and prints {@code AGENT LAST} when that is
 * acknowledged.
 */
final class Deliverer {
  static final int AGENTS = 10;
  static final int BATCH = 3;

  private Deliverer() {}

  public static void main(String[] args) throws InterruptedException {
    var store = Store.open(Path.of(args[0]), args[1]);
    var intake =
        new Intake(
            store, (_, _) -> CheckSettings.DEFAULT, IntakeContract.LIMITS, InstantSource.system());
    intake.start();
    for (long first = 1; ; first += BATCH) {
      for (int agent = 0; agent < AGENTS; agent++) {
        var line = agent + " " + (first + BATCH - 1);
        var _ =
            intake
                .submit(agent, batch(first))
                .thenRun(
                    () -> {
                      System.out.println(line);
                      System.out.flush();
                    });
      }
    }
  }

  private static ToHub.Results batch(long first) {
    return new ToHub.Results(
        "e",
        first,
        List.<Item>of(
            IntakeContract.result("ping", 1_000 + first, 0, "OK|a=1"),
            IntakeContract.result("disk", 1_000 + first, 0, "OK"),
            IntakeContract.result("ping", 1_001 + first, 2, "bad")));
  }
}
