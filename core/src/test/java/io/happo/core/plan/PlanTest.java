package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);
  private static final Bundle BUNDLE =
      new Bundle(DIGEST, "disk.sh", Bundle.Kind.SCRIPT, 120, "c2lnbmF0dXJl");
  private static final Check LOAD =
      check("load", Work.Plugin.of("check_load -w 5 -c '1 0'"), new Schedule.Every(seconds(60)));
  private static final Check DISK =
      check(
          "disk",
          new Work.Script(DIGEST, List.of("-v")),
          new Schedule.AtTimes(Cron.parse("0 4 * * *"), Optional.of(ZoneId.of("Europe/Berlin"))));
  private static final Check UPTIME =
      check(
          "uptime",
          new Work.Builtin("uptime", List.of("-w", "5m:")),
          new Schedule.AtTimes(Cron.parse("@hourly"), Optional.empty()));
  private static final Plan PLAN = new Plan(List.of(LOAD, DISK, UPTIME), List.of(BUNDLE));

  private static Check check(String name, Work work, Schedule schedule) {
    return new Check(
        name, work, schedule, seconds(10), seconds(5), 3, new TreeMap<>(Map.of("LANG", "C")));
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void a_plan_is_read_as_it_was_written() throws BadPlanException {
    var document = PlanDocument.of(PLAN);
    assertThat(PlanDocument.read(document.text())).isEqualTo(document);
    assertThat(document.hash()).hasSize(64);
    assertThat(PlanDocument.read(PlanDocument.of(Plan.EMPTY).text()).plan()).isEqualTo(Plan.EMPTY);
  }

  @Test
  void equal_plans_have_the_same_text_whatever_their_order() {
    assertThat(new Plan(List.of(UPTIME, DISK, LOAD), List.of(BUNDLE)).toJson())
        .isEqualTo(PLAN.toJson())
        .isEqualTo(
            "{\"version\":1,\"checks\":["
                + "{\"name\":\"disk\",\"script\":\""
                + DIGEST
                + "\",\"arguments\":[\"-v\"],\"cron\":\"0 4 * * *\",\"timezone\":\"Europe/Berlin\","
                + "\"timeoutSeconds\":10,\"retrySeconds\":5,\"maxAttempts\":3,"
                + "\"environment\":{\"LANG\":\"C\"}},"
                + "{\"name\":\"load\",\"plugin\":\"check_load\","
                + "\"arguments\":[\"-w\",\"5\",\"-c\",\"1 0\"],\"everySeconds\":60,"
                + "\"timeoutSeconds\":10,\"retrySeconds\":5,\"maxAttempts\":3,"
                + "\"environment\":{\"LANG\":\"C\"}},"
                + "{\"name\":\"uptime\",\"builtin\":\"uptime\",\"arguments\":[\"-w\",\"5m:\"],"
                + "\"cron\":\"@hourly\",\"timeoutSeconds\":10,\"retrySeconds\":5,\"maxAttempts\":3,"
                + "\"environment\":{\"LANG\":\"C\"}}],"
                + "\"bundles\":[{\"sha256\":\""
                + DIGEST
                + "\",\"name\":\"disk.sh\",\"kind\":\"script\",\"size\":120,"
                + "\"signature\":\"c2lnbmF0dXJl\"}]}");
  }

  @Test
  void members_of_a_later_version_are_passed_over_and_count_in_the_hash() throws BadPlanException {
    var text = PLAN.toJson().replace("\"checks\":", "\"colour\":{\"a\":[1]},\"checks\":");
    var document =
        PlanDocument.read(text.replace("{\"name\":\"load\"", "{\"x\":null,\"name\":\"load\""));
    assertThat(document.plan()).isEqualTo(PLAN);
    assertThat(document.hash()).isNotEqualTo(PlanDocument.of(PLAN).hash());
  }

  @Test
  void what_is_left_out_has_its_default() throws BadPlanException {
    var plan =
        PlanDocument.read(
                "{\"version\":1,\"checks\":[{\"name\":\"a\",\"plugin\":\"check_a\",\"everySeconds\":1}]}")
            .plan();
    assertThat(plan.checks().getFirst())
        .isEqualTo(
            new Check(
                "a",
                new Work.Plugin("check_a", List.of()),
                new Schedule.Every(seconds(1)),
                seconds(30),
                seconds(30),
                3,
                new TreeMap<>()));
  }

  @Test
  void all_problems_are_told_at_once_with_their_places() {
    var text =
        """
        {"version": 1,
         "bundles": [
           {"sha256": "xyz", "name": "a/b", "kind": "disk", "size": 0, "signature": "§"},
           7],
         "checks": [
           {"name": "", "plugin": "../sh", "everySeconds": 0, "timeoutSeconds": "5"},
           {"name": "b", "plugin": "p", "builtin": "q", "everySeconds": 90000, "cron": "* * * * *"},
           {"name": "b", "script": "xyz", "cron": "* * *", "timezone": "Europe/Berlim"},
           {"name": "c", "everySeconds": 1.5, "retrySeconds": 0, "maxAttempts": 0,
            "arguments": ["a", 5], "environment": {"1A": "x", "B": 2}}]}
        """;
    assertThat(problems(text))
        .extracting(Problem::toString)
        .satisfiesExactly(
            it -> assertThat(it).startsWith("bundles[0].sha256: 'xyz' is no SHA-256"),
            it -> assertThat(it).startsWith("bundles[0].name: 'a/b' is no name"),
            it -> assertThat(it).startsWith("bundles[0].kind: 'disk' is not known"),
            it -> assertThat(it).startsWith("bundles[0].size: is 0; 1 to"),
            it -> assertThat(it).startsWith("bundles[0].signature: '§' is no base64"),
            it -> assertThat(it).startsWith("bundles[1]: is a number"),
            it -> assertThat(it).startsWith("checks[0].name: '' is no name"),
            it -> assertThat(it).startsWith("checks[0].plugin: '../sh' is no plugin"),
            it -> assertThat(it).startsWith("checks[0].everySeconds: is 0s; whole seconds from 1s"),
            it -> assertThat(it).startsWith("checks[0].timeoutSeconds: is a string, expected a wh"),
            it -> assertThat(it).startsWith("checks[1]: needs exactly one of builtin, plugin, "),
            it -> assertThat(it).startsWith("checks[1]: needs one of everySeconds and cron, not b"),
            it -> assertThat(it).startsWith("checks[2].name: 'b' is the name of a check before"),
            it -> assertThat(it).startsWith("checks[2].script: 'xyz' is none of the bundles"),
            it -> assertThat(it).startsWith("checks[2].cron: '* * *' has 3 fields"),
            it -> assertThat(it).startsWith("checks[2].timezone: 'Europe/Berlim' is no time zone"),
            it -> assertThat(it).startsWith("checks[3].arguments[1]: is a number, expected a text"),
            it -> assertThat(it).startsWith("checks[3]: needs exactly one of"),
            it -> assertThat(it).startsWith("checks[3].everySeconds: is 1.5, expected a whole"),
            it -> assertThat(it).startsWith("checks[3].retrySeconds: is 0s"),
            it -> assertThat(it).startsWith("checks[3].maxAttempts: is 0; 1 to 100"),
            it -> assertThat(it).startsWith("checks[3].environment.B: is a number"),
            it -> assertThat(it).startsWith("checks[3].environment: '1A' is no variable"));
  }

  @Test
  void a_plan_of_another_version_is_not_guessed_at() {
    assertThat(problems("{\"version\":2,\"checks\":[{}]}"))
        .singleElement()
        .satisfies(
            problem -> assertThat(problem.text()).startsWith("version is 2, and this program"));
  }

  @Test
  void what_is_no_plan_at_all_is_said_to_be_none() {
    assertThat(problems(""))
        .extracting(Problem::text)
        .containsExactly("the plan is not JSON: the document is empty");
    assertThat(problems("[]"))
        .extracting(Problem::text)
        .containsExactly("the plan is an array, expected an object");
    assertThat(problems(" ".repeat(Plan.MAX_BYTES) + "{}"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.text()).contains("at most 524288"));
  }

  @Test
  void a_plan_that_does_not_hold_together_does_not_exist() {
    assertThatThrownBy(() -> new Plan(List.of(LOAD, LOAD), List.of()))
        .hasMessage("the check load is there twice");
    assertThatThrownBy(() -> new Plan(List.of(DISK), List.of()))
        .hasMessageStartingWith("the check disk runs a bundle that is not there");
    assertThatThrownBy(() -> new Plan(List.of(), List.of(BUNDLE, BUNDLE)))
        .hasMessageEndingWith("is there twice");
    assertThatThrownBy(() -> new Work.Plugin("a/b", List.of()))
        .hasMessageContaining("is no plugin");
    assertThatThrownBy(() -> new Schedule.Every(Duration.ofMillis(1_500)))
        .hasMessageContaining("whole seconds");
  }

  /** Whatever is sent, it is a plan that can be written again, or problems. */
  @Test
  void mutations_of_a_plan_are_read_or_refused() {
    var random = new Random(42);
    var pieces = List.of("\"", "{", "}", "[", "]", ",", "0", "-1", "null", "1e9", "\\u0000", "é");
    int read = 0;
    for (int round = 0; round < 5_000; round++) {
      var text = new StringBuilder(PLAN.toJson());
      for (int times = random.nextInt(3); times >= 0; times--) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + random.nextInt(4));
        text.replace(at, end, pieces.get(random.nextInt(pieces.size())));
      }
      try {
        var plan = PlanDocument.read(text.toString()).plan();
        assertThat(PlanDocument.read(plan.toJson()).plan()).isEqualTo(plan);
        read++;
      } catch (BadPlanException e) {
        assertThat(e.problems()).isNotEmpty();
      }
    }
    assertThat(read).isGreaterThan(100);
  }

  private static List<Problem> problems(String text) {
    var bad = catchThrowableOfType(BadPlanException.class, () -> PlanDocument.read(text));
    assertThat(bad).isNotNull();
    return bad.problems();
  }
}
