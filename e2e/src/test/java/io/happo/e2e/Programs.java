package io.happo.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the programs under test are. */
final class Programs {
  /** The root of the source tree. */
  static final Path ROOT =
      Path.of(System.getProperty("happo.root", "..")).toAbsolutePath().normalize();

  private Programs() {}

  static Path agent() {
    return program("happo.agent.bin", "happo-agent");
  }

  static Path check() {
    return program("happo.check.bin", "check_happo");
  }

  private static Path program(String property, String name) {
    var built = ROOT.resolve("dist/target/happo/bin").resolve(name).toString();
    var program = Path.of(System.getProperty(property, built)).toAbsolutePath();
    if (!Files.isExecutable(program)) {
      throw new AssertionError(
          program
              + " is not there: build it with ./mvnw -pl dist -am package, or name another with -D"
              + property);
    }
    return program;
  }
}
