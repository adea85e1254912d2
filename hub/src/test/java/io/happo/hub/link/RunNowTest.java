package io.happo.hub.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.Item;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import io.happo.hub.fleet.Presence;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people have an agent run now. */
final class RunNowTest extends LinkedTest {
  private static final ToAgent.Work WORK = new ToAgent.Work("command", "check_x -w 5", "");
  private static final int LONG_MILLIS = 40_000;

  @BeforeEach
  void join() throws Exception {
    agent.join(hub.test.token(true));
  }

  private Runs.Running begin() {
    return hub.sessions.run(hub.member("web"), WORK, 30, "ada").orElseThrow();
  }

  private static ToHub.RunEnd end(Runs.Running run) throws InterruptedException {
    await().until(() -> run.from(0, 0).end().isPresent());
    return run.from(0, 0).end().orElseThrow();
  }

  @Test
  void a_run_is_heard_while_it_runs_until_its_end() throws Exception {
    var talk = agent.connect();
    var run = begin();
    assertThat(talk.next(ToAgent.Run.class)).isEqualTo(new ToAgent.Run(run.id(), WORK, 30));
    assertThat(hub.runs.find(run.id())).hasValue(run);
    assertThat(run.user()).isEqualTo("ada");
    assertThat(run.from(0, 0)).isEqualTo(new Runs.Progress("", 0, Optional.empty()));

    talk.say(new ToHub.RunOutput(run.id(), "grün "));
    assertThat(run.from(0, LONG_MILLIS)).isEqualTo(new Runs.Progress("grün ", 5, Optional.empty()));
    talk.say(new ToHub.RunOutput(run.id(), "is good\n"));
    assertThat(run.from(5, LONG_MILLIS))
        .isEqualTo(new Runs.Progress("is good\n", 13, Optional.empty()));
    var result = new Item.CheckResult("run-now", 1_000, 12, 1, 1, "grün is good\n", "");
    var ended = new ToHub.RunEnd(run.id(), "exited", Optional.of(result), "");
    talk.say(ended);
    assertThat(run.from(13, LONG_MILLIS)).isEqualTo(new Runs.Progress("", 13, Optional.of(ended)));
    assertThat(run.from(0, 0).text()).isEqualTo("grün is good\n");

    talk.say(new ToHub.RunEnd(run.id(), "failed", Optional.empty(), "said twice"));
    talk.deliver(TestAgent.results(1, 1));
    assertThat(end(run)).isEqualTo(ended);
  }

  @Test
  void a_run_that_is_not_wanted_any_more_is_cancelled_at_the_agent() throws Exception {
    var talk = agent.connect();
    var run = begin();
    hub.sessions.cancel(run);
    assertThat(talk.next(ToAgent.Run.class).id()).isEqualTo(run.id());
    assertThat(talk.next(ToAgent.Cancel.class).id()).isEqualTo(run.id());
    assertThat(run.from(0, 0).end()).as("the agent says when it has ended").isEmpty();
    talk.say(new ToHub.RunEnd(run.id(), "cancelled", Optional.empty(), "ended on request"));
    assertThat(end(run).outcome()).isEqualTo("cancelled");
  }

  @Test
  void nothing_is_run_by_an_agent_that_is_not_there() throws Exception {
    assertThat(hub.sessions.run(hub.member("web"), WORK, 30, "ada")).isEmpty();
    agent.connect().vanish();
    await().until(() -> hub.member("web").presence().kind() == Presence.Kind.LOST);
    assertThat(hub.sessions.run(hub.member("web"), WORK, 30, "ada")).isEmpty();
  }

  @Test
  void a_run_of_an_agent_that_is_lost_has_failed() throws Exception {
    var talk = agent.connect();
    var run = begin();
    talk.say(new ToHub.RunOutput(run.id(), "begun"));
    talk.vanish();
    assertThat(end(run).outcome()).isEqualTo("failed");
    assertThat(end(run).message()).isEqualTo("the agent was lost while it ran");
    assertThat(run.from(0, 0).text()).isEqualTo("begun");
    hub.sessions.cancel(run);
  }

  @Test
  void a_run_of_an_agent_that_has_come_again_has_failed() throws Exception {
    agent.connect();
    var run = begin();
    var talk = agent.connect();
    assertThat(end(run).outcome()).isEqualTo("failed");
    var next = begin();
    assertThat(talk.next(ToAgent.Run.class).id()).isEqualTo(next.id());
    talk.say(new ToHub.RunEnd(next.id(), "exited", Optional.empty(), ""));
    assertThat(end(next).outcome()).isEqualTo("exited");
  }

  @Test
  void a_run_of_an_agent_that_is_revoked_has_failed() throws Exception {
    agent.connect();
    var run = begin();
    hub.revoke("web");
    assertThat(end(run).outcome()).isEqualTo("failed");
  }

  @Test
  void an_agent_says_nothing_about_the_runs_of_another_one() throws Exception {
    try (var other = TestAgent.joined(hub, "other")) {
      agent.connect();
      var run = begin();
      var talk = other.connect();
      talk.say(new ToHub.RunOutput(run.id(), "lies"));
      talk.say(new ToHub.RunEnd(run.id(), "exited", Optional.empty(), ""));
      talk.say(new ToHub.RunEnd("nobody's", "exited", Optional.empty(), ""));
      talk.deliver(TestAgent.results(1, 1));
      assertThat(run.from(0, 0)).isEqualTo(new Runs.Progress("", 0, Optional.empty()));
      talk.vanish();
      await().until(() -> !hub.member("other").isConnected());
      assertThat(run.from(0, 0).end()).isEmpty();
    }
  }
}
