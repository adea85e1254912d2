package io.happo.hub.yaml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The plan that somebody begins with: what is worth a look on any Linux machine. */
public final class DefaultPlan {
  /** The file of a plan that it is meant for. */
  public static final String FILE = "default.yaml";

  private static final String RESOURCE = "default-plan.yaml";

  private DefaultPlan() {}

  /** Its text, with comments. */
  public static String text() {
    try (var in = DefaultPlan.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing beside " + DefaultPlan.class);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
