package io.happo.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.Json;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.FleetPlan;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A month of a thousand checks, and what is to be told of it: written by hand from what goes wrong,
 * nothing else and nothing twice.
 */
class MonthTest {
  private static final String RULES =
      """
      {"alerts": [
        {"name": "checks", "not-for": {"tags": {"special": "*"}}, "tell": "ops"},
        {"name": "agents", "agent": "away", "lasting": "5m", "tell": "ops"},
        {"name": "repeat", "checks": "*", "for": {"tags": {"special": "repeat"}}, "tell": "ops",
         "repeat": "1h", "also": ["recovery", "acknowledgement"]},
        {"name": "office", "for": {"tags": {"special": "office"}}, "tell": "ops",
         "when": "mon-fri 08:00-18:00", "timezone": "UTC"},
        {"name": "long", "for": {"tags": {"special": "escalate"}}, "tell": "ops",
         "lasting": "10m", "escalate": [{"after": "30m", "tell": "boss"}]}
      ]}
      """;

  private static List<AlertRule> rules() throws Exception {
    return FleetPlan.read(Json.parse(RULES)).alerts();
  }

  private static Silence silence(
      long number, boolean downtime, int agent, String check, String from, String to) {
    return new Silence(
        number,
        downtime,
        new Target(
            new java.util.TreeMap<>(),
            new java.util.TreeMap<>(),
            List.of(String.format(java.util.Locale.ROOT, "a%02d", agent))),
        check.isEmpty() ? List.of() : List.of(check),
        Month.at(from),
        to.isEmpty() ? Long.MAX_VALUE : Month.at(to),
        to.isEmpty(),
        0,
        0,
        Period.ALWAYS,
        "ann",
        "work");
  }

  @Test
  void a_month_tells_what_it_must_and_nothing_else() throws Exception {
    var month = new Month(rules());
    // A trouble of 40 minutes, and one that was gone before it was certain.
    month.fault(1, "c1", "02 03:00:00", "02 03:40:00", 2);
    month.fault(2, "c1", "02 04:00:00", "02 04:02:00", 2);
    // An agent is lost for 20 minutes; of its checks one was in trouble meanwhile, one still is,
    // as its next run says.
    month.outage(3, 3, "03 10:00:10", "03 10:20:10", Health.Link.LOST);
    month.fault(3, "c2", "03 10:05:00", "03 10:15:00", 2);
    month.fault(3, "c3", "03 10:10:00", "03 11:00:00", 2);
    // One for less than a minute.
    month.outage(4, 4, "03 12:00:10", "03 12:00:50", Health.Link.LOST);
    // A check that goes up and down for six hours.
    month.alternating(5, "c1", "04 00:00:00", "04 06:00:00");
    // A downtime: one trouble within it, one that outlasts it.
    month.silence(silence(1, true, 6, "", "05 01:00:00", "05 03:00:00"));
    month.fault(6, "c1", "05 01:10:00", "05 02:00:00", 2);
    month.fault(6, "c2", "05 01:30:00", "05 04:00:00", 2);
    // Told again each hour, until somebody knows.
    month.tag(7, "repeat");
    month.fault(7, "c1", "06 12:00:00", "06 16:00:00", 2);
    month.acknowledge("06 13:30:00", 7, "c1");
    // What depends on what is in trouble itself.
    month.check(8, "app", 3);
    month.depend("app", "a09/c1");
    month.fault(8, "app", "07 08:00:00", "07 09:00:00", 2);
    month.fault(9, "c1", "07 08:00:00", "07 09:00:00", 2);
    // Two hours without the hub's network, in which a trouble came and went.
    month.outage(12, 12, "08 00:00:10", "08 02:00:10", Health.Link.LOST);
    month.fault(12, "c1", "08 00:30:00", "08 01:30:00", 2);
    // Told when it has lasted, then to more people.
    month.tag(13, "escalate");
    month.fault(13, "c1", "09 00:00:00", "09 01:00:00", 2);
    // A weekend, from Saturday the 6th to Monday the 8th.
    month.tag(14, "office");
    month.fault(14, "c1", "06 10:00:00", "08 09:00:00", 2);
    month.fault(14, "c2", "06 10:00:00", "07 10:00:00", 2);
    // It becomes worse.
    month.fault(15, "c1", "10 00:00:00", "10 00:30:00", 1);
    month.fault(15, "c1", "10 00:30:00", "10 01:00:00", 2);
    // Silenced until it is well, once.
    month.silence(silence(2, false, 16, "c1", "11 00:00:00", ""));
    month.fault(16, "c1", "11 01:00:00", "11 02:00:00", 2);
    month.fault(16, "c1", "11 03:00:00", "11 04:00:00", 2);
    // The plan has it quiet.
    month.check(17, "quiet", 3);
    month.fault(17, "quiet", "12 00:00:00", "12 10:00:00", 2);
    // A reboot, and a machine that was switched off.
    month.outage(18, 18, "12 00:00:10", "12 00:03:10", Health.Link.STOPPED);
    month.outage(19, 19, "12 00:00:10", "12 00:30:10", Health.Link.STOPPED);
    // The hub's own network: all agents for 90 s, and forty for half an hour.
    month.outage(0, 99, "20 14:00:10", "20 14:01:40", Health.Link.LOST);
    month.outage(20, 59, "21 02:00:10", "21 02:30:10", Health.Link.LOST);
    // The hub starts anew while one agent is lost and one check in trouble.
    month.outage(70, 70, "22 04:40:10", "22 06:00:10", Health.Link.LOST);
    month.fault(71, "c1", "22 04:00:00", "22 07:00:00", 2);
    month.hubRestart("22 05:00:00");

    assertThat(month.run())
        .containsExactly(
            "02 03:02 checks problem a01/c1 2 > ops",
            "02 03:40 checks recovery a01/c1 > ops",
            "03 10:05 agents problem a03/@agent 2 > ops",
            "03 10:20 agents recovery a03/@agent > ops",
            "03 10:25 checks problem a03/c3 2 > ops",
            "03 11:00 checks recovery a03/c3 > ops",
            "04 00:00 checks problem a05/c1 2 > ops",
            "04 00:05 checks recovery a05/c1 > ops",
            "04 00:10 checks problem a05/c1 2 > ops",
            "04 00:15 checks recovery a05/c1 > ops",
            "04 00:20 checks problem a05/c1 2 > ops",
            "04 00:25 checks flapping-start a05/c1 > ops",
            "04 07:15 checks flapping-end a05/c1 > ops",
            "04 07:15 checks recovery a05/c1 > ops",
            "05 03:00 checks problem a06/c2 2 > ops",
            "05 04:00 checks recovery a06/c2 > ops",
            "06 12:02 repeat problem a07/c1 2 > ops",
            "06 13:02 repeat problem a07/c1 2 > ops",
            "06 13:30 repeat acknowledgement a07/c1 > ops",
            "06 16:00 repeat recovery a07/c1 > ops",
            "07 08:02 checks problem a09/c1 2 > ops",
            "07 09:00 checks recovery a09/c1 > ops",
            "08 00:05 agents problem a12/@agent 2 > ops",
            "08 02:00 agents recovery a12/@agent > ops",
            "08 08:00 office problem a14/c1 2 > ops",
            "08 09:00 office recovery a14/c1 > ops",
            "09 00:12 long problem a13/c1 2 > ops",
            "09 00:32 long problem a13/c1 2 > boss",
            "09 01:00 long recovery a13/c1 > ops+boss",
            "10 00:02 checks problem a15/c1 1 > ops",
            "10 00:30 checks problem a15/c1 2 > ops",
            "10 01:00 checks recovery a15/c1 > ops",
            "11 03:02 checks problem a16/c1 2 > ops",
            "11 04:00 checks recovery a16/c1 > ops",
            "12 00:05 agents problem a19/@agent 2 > ops",
            "12 00:30 agents recovery a19/@agent > ops",
            "21 02:05 agents problem 40 of 40 > ops",
            "21 02:30 agents recovery 1 of 40 > ops",
            "22 04:02 checks problem a71/c1 2 > ops",
            "22 04:45 agents problem a70/@agent 2 > ops",
            "22 06:00 agents recovery a70/@agent > ops",
            "22 07:00 checks recovery a71/c1 > ops");
    assertThat(month.results()).isGreaterThan(8_000_000);
  }
}
