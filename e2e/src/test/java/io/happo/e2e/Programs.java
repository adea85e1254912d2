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
    return program("happo.agent.bin", "happo", "happo-agent");
  }

  static Path check() {
    return program("happo.check.bin", "happo", "check_happo");
  }

  static Path hub() {
    return program("happo.hub.bin", "happo-hub", "happo-hub");
  }

  static Path aws() {
    return program("happo.aws.bin", "happo-aws", "happo-aws");
  }

  private static Path program(String property, String product, String name) {
    var built =
        ROOT.resolve("dist/target").resolve(product).resolve("bin").resolve(name).toString();
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
