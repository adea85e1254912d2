package io.happo.agent.nrpe;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.exec.Surroundings.Identity;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RunAsTest {
  @ParameterizedTest
  @CsvSource({"nobody,,66", "nobody,nagios,70", "65,nogroup,66"})
  void commands_of_an_agent_that_is_root_run_as_the_user(String user, String group, String number)
      throws IOException {
    var runAs = RunAs.of(Optional.of(user), Optional.ofNullable(group), FakeMachine.OF_ROOT);
    assertThat(runAs.identity()).contains(new Identity("nobody", number));
    assertThat(runAs.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "none,, nrpe_user: there is no user 'none' on this machine",
    "toor,, 'nrpe_user: ''toor'' is root, as whom'",
    "0,, 'nrpe_user: ''0'' is root, as whom'",
    "staff,, nrpe_user: the group of 'staff' is root's (0)",
    "nobody,none, nrpe_group: there is no group 'none' on this machine",
    "nobody,wheel, 'nrpe_group: ''wheel'' is root''s group (0)'",
  })
  void what_no_command_may_run_as_is_an_error_whoever_the_agent_is(
      String user, String group, String error) throws IOException {
    for (long own : new long[] {0, 65}) {
      var machine = new FakeMachine(own, own, "");
      var runAs = RunAs.of(Optional.of(user), Optional.ofNullable(group), machine);
      assertThat(runAs.identity()).isEmpty();
      assertThat(runAs.errors().orElseThrow()).startsWith(error);
    }
  }

  @Test
  void all_that_is_wrong_is_told() throws IOException {
    var runAs = RunAs.of(Optional.of("toor"), Optional.of("none"), FakeMachine.OF_ROOT);
    assertThat(runAs.errors().orElseThrow()).contains("nrpe_user: ", "; nrpe_group: ");
  }

  @Test
  void identity_that_cannot_be_taken_on_is_an_error() throws IOException {
    var machine = new FakeMachine(0, 0, "setpriv: setresuid failed: Operation not permitted");
    assertThat(RunAs.of(Optional.of("nobody"), Optional.empty(), machine).errors())
        .contains(
            "nrpe_user: no command can run as 'nobody': setpriv: setresuid failed: Operation not"
                + " permitted");
  }

  @ParameterizedTest
  @CsvSource({
    "nobody,nogroup,''",
    "nobody,,''",
    ",nogroup,''",
    ",nagios,nrpe_group",
    "nobody,nagios,nrpe_group",
  })
  void what_has_no_effect_on_an_agent_that_is_not_root_is_told(
      String user, String group, String directive) throws IOException {
    var self = new FakeMachine(65, 66, "not asked");
    var runAs = RunAs.of(Optional.ofNullable(user), Optional.ofNullable(group), self);
    assertThat(runAs.identity()).isEmpty();
    assertThat(runAs.errors()).isEmpty();
    assertThat(String.join(",", runAs.problems().stream().map(RunAs.Problem::directive).toList()))
        .isEqualTo(directive);
    var other = new FakeMachine(1_000, 66, "not asked");
    assertThat(RunAs.of(Optional.of("nobody"), Optional.empty(), other).problems())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .startsWith(
                        "has no effect, as the agent is not root: commands run as its own user"
                            + " 1000; start it as root or as nobody"));
  }
}
