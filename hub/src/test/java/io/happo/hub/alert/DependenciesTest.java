package io.happo.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.Dependency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DependenciesTest {
  /** Two agents, 1 and 2, and what the plan says of each check. */
  private record Two(Map<String, List<Dependency>> plan) implements World {
    @Override
    public Optional<AgentView> agent(long number) {
      return Optional.of(new AgentView("id" + number, "a" + number, Map.of(), Map.of()));
    }

    @Override
    public OptionalLong number(String nameOrId) {
      return nameOrId.matches("a[12]")
          ? OptionalLong.of(Long.parseLong(nameOrId.substring(1)))
          : OptionalLong.empty();
    }

    @Override
    public List<Dependency> depends(String check) {
      return plan.getOrDefault(check, List.of());
    }

    @Override
    public String away(long agent) {
      return "";
    }

    @Override
    public long connectedSince(long agent) {
      return 0;
    }

    @Override
    public boolean isQuiet(String check) {
      return false;
    }

    @Override
    public long heldUntil() {
      return 0;
    }
  }

  private static Dependency dependency(String text) {
    int slash = text.indexOf('/');
    return new Dependency(text.substring(0, Math.max(slash, 0)), text.substring(slash + 1));
  }

  /** What check x of agent a1 is held for, when those are ill. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      value = {
        "x:ping                  | 1/ping          | ping",
        "x:ping                  | 2/ping          | ''",
        "x:a2/ping               | 2/ping          | a2/ping",
        "x:a2/                   | 2/@agent        | a2/",
        "x:nobody/ping           | 1/ping          | ''",
        "x:x                     | 1/x             | ''",
        "x:y y:x                 | 1/y             | ''",
        "x:y y:z z:x             | 1/y             | ''",
        "x:a2/y y:a1/x           | 2/y             | ''",
        // Of another agent it is another check.
        "x:a2/x                  | 2/x             | a2/x",
        "x:a2/y y:x              | 2/y             | a2/y",
        // What comes first does not count, what comes next does.
        "x:y,z y:x               | 1/y 1/z         | z",
        "x:y y:z z:y             | 1/y             | y",
      })
  void what_leads_back_to_the_check_itself_holds_nothing(String plan, String ill, String expected) {
    var depends = new HashMap<String, List<Dependency>>();
    for (var check : plan.split(" ", -1)) {
      var parts = check.split(":", -1);
      depends.put(
          parts[0], Stream.of(parts[1].split(",", -1)).map(DependenciesTest::dependency).toList());
    }
    var those = Set.of(ill.split(" ", -1));
    var world = new Two(depends);
    assertThat(
            new Dependencies(world)
                .failed(
                    new Subject(1, "x"),
                    world.agent(1).orElseThrow(),
                    on -> those.contains(on.agent() + "/" + on.check())))
        .isEqualTo(expected);
  }
}
