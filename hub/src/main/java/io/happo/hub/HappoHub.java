package io.happo.hub;

import io.happo.hub.cli.Clients;
import io.happo.hub.cli.HubTable;
import io.happo.hub.store.Store;
import io.happo.hub.store.StoreException;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import io.happo.program.cli.Version;
import java.io.IOException;
import java.nio.file.Path;

/** The program {@code happo-hub}: the hub, or one of its clients. */
public final class HappoHub {
  private HappoHub() {}

  /** Runs it and ends the process: 0 done, 1 failed, 2 not understood. */
  public static void main(String[] words) {
    var parsed = Parser.parse(HubTable.PROGRAM, words, System.getenv());
    System.exit(
        parsed instanceof Parsed.Run run
            ? run(run)
            : Clients.run(parsed, System.in, System.out, System.err));
  }

  private static int run(Parsed.Run run) {
    try {
      switch (run.command().name()) {
        case "serve" -> Hub.run(Version.number(), HubSettings.of(run.arguments()), System.err);
        case "backup" -> backup(run.arguments());
        case "restore" -> restore(run.arguments());
        default -> {
          return Clients.run(run, System.in, System.out, System.err);
        }
      }
      return 0;
    } catch (IOException | StoreException e) {
      System.err.println("happo-hub: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      return 1;
    }
  }

  private static void backup(Arguments arguments) throws IOException {
    var file = Path.of(arguments.operands().getFirst()).toAbsolutePath();
    var data = arguments.path("data");
    if (Clients.isRunning(data)) {
      Clients.backup(data, file);
    } else {
      try (var store = Store.open(data, "")) {
        store.backup(file);
      }
    }
    System.out.println("The store is in " + file + " too.");
  }

  private static void restore(Arguments arguments) {
    var file = Path.of(arguments.operands().getFirst());
    try (var store = Store.open(arguments.path("data"), "")) {
      store.restore(file);
    }
    System.out.println("The store is what " + file + " holds.");
  }
}
