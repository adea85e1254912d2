package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Built-in checks of this machine beside Debian's plugins. */
class MachineParityTest {
  private static final List<String> CHECKS = List.of("check_load");

  private static final int LOOKS = 3;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> built_in_check_answers_as_the_plugin_does() throws IOException {
    var parity = new Parity(folder.resolve("state"));
    var cases = Stream.<Parity.Case>builder();
    for (var check : CHECKS) {
      for (var one : Parity.cases(check, Map.of())) {
        cases.add(one);
      }
    }
    return cases
        .build()
        .map(one -> DynamicTest.dynamicTest(one.toString(), () -> look(parity, one)));
  }

  private static void look(Parity parity, Parity.Case one) throws Exception {
    assumeTrue(
        Parity.has(one.check()) || "required".equals(System.getProperty("happo.peers")),
        one.check() + " of monitoring-plugins is not there");
    var theirs = parity.theirs(one);
    var ours = parity.ours(one);
    var differences = Parity.differences(theirs, ours);
    // Between the two looks the machine may have changed.
    for (int i = 0; i < LOOKS && differences.isEmpty() == one.difference().isPresent(); i++) {
      theirs = parity.theirs(one);
      ours = parity.ours(one);
      differences = Parity.differences(theirs, ours);
    }
    if (one.difference().isPresent()) {
      assertThat(differences).as("differs no more: take the mark away").isNotEmpty();
    } else {
      assertThat(differences)
          .as("theirs:%n%s%nours:%n%s", theirs.output(), ours.output())
          .isEmpty();
    }
  }
}
