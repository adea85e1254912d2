package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ExpositionTest {
  @Test
  void families_are_written_with_all_their_samples() {
    var labels = new TreeMap<>(Map.of("__name__", "x", "b", "quote \" slash \\ line\n", "a", "ä"));
    var page =
        new Exposition()
            .gauge("x", "What\nit is.")
            .value(labels, 1.5, 1_800_000_000_000L)
            .counter("y_total", "Sum.")
            .value(3)
            .gauge("z", "Odd.")
            .value(Double.POSITIVE_INFINITY)
            .value(Double.NEGATIVE_INFINITY)
            .value(1e300);
    assertThat(new String(page.toBytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            # HELP x What\\nit is.
            # TYPE x gauge
            x{a="ä",b="quote \\" slash \\\\ line\\n"} 1.5 1800000000000
            # HELP y_total Sum.
            # TYPE y_total counter
            y_total 3
            # HELP z Odd.
            # TYPE z gauge
            z +Inf
            z -Inf
            z 1.0E300
            """);
  }
}
