package io.happo.hub.export;

import java.util.Map;

/** Series as a fleet has them. */
final class Fixtures {
  static final String ID = "f00d".repeat(16);

  private Fixtures() {}

  static Series perfdata(String check, String label, String unit) {
    return new Series("web-01", ID, Map.of("role", "web"), true, check, "", label, unit);
  }

  static Series metric(String host, String name) {
    return new Series("web-01", ID, Map.of("role", "web"), false, "", host, name, "");
  }
}
