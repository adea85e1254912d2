package io.happo.hub.alert;

import io.happo.core.plan.AlertRule;
import io.happo.core.plan.AlertRule.About;
import io.happo.core.plan.AlertRule.Also;
import io.happo.core.plan.AlertRule.State;
import io.happo.core.plan.AlertRule.Step;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A notice that may be told, in words: a check that has been CRITICAL for 10 minutes on a Monday at
 * noon, of which nobody was told, and a rule that tells all at once; then what is other.
 */
final class Situation {
  static final long NOW = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final long FLAPPING_STATES = 0b10_00_10_00_10_00_10_00_10_00_10_00_10L;

  private int status = 2;
  private int hardStatus = 2;
  private long since = NOW - 10 * MINUTE;
  private boolean flapping;
  private int toldStatus;
  private long toldAt;
  private int toldSteps;
  private int toldCount;
  private boolean toldFlapping;
  private boolean off;
  private long heldUntil;
  private String away = "";
  private boolean quiet;
  private @Nullable Acknowledgement known;
  private String failed = "";
  private Optional<Around.Pause> pause = Optional.empty();
  private long paused;
  private About about = new About.Checks(List.of(), EnumSet.allOf(State.class));
  private final List<Step> steps =
      new ArrayList<>(List.of(new Step(Duration.ZERO, List.of("ops"))));
  private Duration repeat = Duration.ZERO;
  private Period when = Period.ALWAYS;
  private Set<Also> also = EnumSet.allOf(Also.class);

  private Situation() {}

  /** Reads what is other: words with blanks between them. */
  static Situation of(String words) {
    var situation = new Situation();
    for (var word : words.strip().split(" +", -1)) {
      situation.become(word);
    }
    return situation;
  }

  private void become(String word) {
    int equals = word.indexOf('=');
    var value = word.substring(equals + 1);
    switch (equals < 0 ? word : word.substring(0, equals)) {
      case "" -> {}
      case "off" -> off = true;
      case "held" -> heldUntil = NOW + MINUTE;
      case "away" -> away = "is lost";
      case "quiet" -> quiet = true;
      case "known" -> known = new Acknowledgement(2, false, "ann", "on it", NOW - MINUTE);
      case "failed" -> failed = "db1/postgres";
      case "downtime" -> pause = Optional.of(new Around.Pause("downtime by ann", NOW + MINUTE));
      case "paused" -> paused = Long.parseLong(value) * MINUTE;
      case "soft" -> hardStatus = 0;
      case "warning" -> status = hardStatus = 1;
      case "well" -> status = hardStatus = 0;
      case "minutes" -> since = NOW - Long.parseLong(value) * MINUTE;
      case "flapping" -> flapping = true;
      case "told" -> {
        toldStatus = Integer.parseInt(value);
        toldAt = NOW - 10 * MINUTE;
        toldSteps = 1;
        toldCount = 1;
      }
      case "told-steps" -> toldSteps = Integer.parseInt(value);
      case "told-flapping" -> toldFlapping = true;
      case "critical-only" -> about = new About.Checks(List.of(), EnumSet.of(State.CRITICAL));
      case "no-recovery" -> also = EnumSet.of(Also.FLAPPING);
      case "no-flapping" -> also = EnumSet.of(Also.RECOVERY);
      case "lasting" -> steps.set(0, new Step(minutes(value), List.of("ops")));
      case "escalate" -> steps.add(new Step(minutes(value), List.of("boss")));
      case "repeat" -> repeat = minutes(value);
      case "when" -> when = Period.parse(value.replace('_', ' '), ZoneOffset.UTC);
      default -> throw new IllegalArgumentException(word);
    }
  }

  private static Duration minutes(String value) {
    return Duration.ofMinutes(Long.parseLong(value));
  }

  Decision decide() {
    return Judge.decide(
        new AlertRule("rule", about, Target.ALL, Optional.empty(), steps, repeat, when, also),
        new CheckState(
            NOW,
            NOW,
            1,
            1,
            status,
            since,
            1,
            hardStatus,
            since,
            1,
            1,
            flapping ? FLAPPING_STATES : 0,
            flapping),
        new Told(
            toldStatus,
            toldAt,
            toldSteps,
            toldCount,
            toldFlapping,
            false,
            "",
            toldSteps > 1
                ? List.of("ops", "boss")
                : toldSteps == 1 || toldFlapping ? List.of("ops") : List.of()),
        new Around(off, heldUntil, away, quiet, known, failed, pause, paused),
        NOW);
  }
}
