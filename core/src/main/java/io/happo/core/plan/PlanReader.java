package io.happo.core.plan;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the plan of an agent. */
final class PlanReader {
  private final List<Problem> problems = new ArrayList<>();

  /** The digests of those bundles that are archives. */
  private final Set<String> archives = new HashSet<>();

  private PlanReader() {}

  static Plan read(String text) throws BadPlanException {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Plan.MAX_BYTES) {
      throw bad("the plan has " + bytes + " bytes; at most " + Plan.MAX_BYTES + " are possible");
    }
    try {
      var value = Json.parse(text);
      if (value instanceof JsonObject object) {
        return new PlanReader().plan(object);
      }
      throw bad("the plan is " + value.kind() + ", expected an object");
    } catch (JsonException e) {
      throw bad("the plan is " + e.getMessage());
    }
  }

  private static BadPlanException bad(String text) {
    return new BadPlanException(List.of(new Problem("", text)));
  }

  private Plan plan(JsonObject object) throws BadPlanException {
    var members = new Members(object, "", Members.Manner.WRITTEN_BY_HUB, problems);
    long version = members.whole("version", 0);
    if (version != Plan.VERSION) {
      // What another version's members mean is not known: nothing more can be said about them.
      throw bad(
          "version is "
              + version
              + ", and this program knows "
              + Plan.VERSION
              + ": it, or the hub, is to be updated");
    }
    var digests = new HashSet<String>();
    var bundles = new ArrayList<Bundle>();
    members.each("bundles", bundle -> bundle(bundle, digests).ifPresent(bundles::add));
    var names = new HashSet<String>();
    var checks = new ArrayList<Check>();
    members.each("checks", check -> check(check, names, digests).ifPresent(checks::add));
    var metrics = new ArrayList<Work.Plugin>();
    members.each("metrics", one -> plugin(one).ifPresent(metrics::add));
    var collectors = new ArrayList<Collector>();
    var reader = new CollectorReader(problems);
    members.each("collectors", one -> reader.ofPlan(one).ifPresent(collectors::add));
    members.problem("collectors", Collector.tooMany(collectors));
    members.problem("bundles", Rules.count(bundles.size(), Plan.MAX_BUNDLES));
    members.problem("checks", Rules.count(checks.size(), Plan.MAX_CHECKS));
    members.problem("metrics", Rules.count(metrics.size(), Plan.MAX_METRICS));
    if (!problems.isEmpty()) {
      throw new BadPlanException(problems);
    }
    return new Plan(checks, bundles, metrics, collectors);
  }

  private Optional<Bundle> bundle(Members members, Set<String> digests) {
    int before = problems.size();
    var sha256 = members.requiredText("sha256", Rules::digest);
    if (Rules.digest(sha256).isEmpty() && !digests.add(sha256)) {
      members.problem("sha256", "is that of a bundle before");
    }
    var name = members.requiredText("name", Rules::name);
    var kind = Bundle.Kind.of(members.requiredText("kind", PlanReader::noKind));
    if (kind.isPresent() && kind.get() == Bundle.Kind.ARCHIVE) {
      archives.add(sha256);
    }
    long size = members.whole("size", 0);
    if (size < 1 || size > Bundle.MAX_BYTES) {
      members.problem("size", "is " + size + "; 1 to " + Bundle.MAX_BYTES + " are possible");
    }
    var signature = members.text("signature").orElse("");
    members.problem("signature", Rules.base64(signature));
    return before == problems.size() && kind.isPresent()
        ? Optional.of(new Bundle(sha256, name, kind.get(), size, signature))
        : Optional.empty();
  }

  private static Optional<String> noKind(String word) {
    return Bundle.Kind.of(word).isPresent()
        ? Optional.empty()
        : Optional.of(Rules.shown(word) + " is not known: script or archive");
  }

  private Optional<Work.Plugin> plugin(Members members) {
    int before = problems.size();
    var name = members.requiredText("plugin", Rules::plugin);
    var arguments = members.texts("arguments");
    members.problem("arguments", Rules.texts(arguments));
    return before == problems.size()
        ? Optional.of(new Work.Plugin(name, arguments))
        : Optional.empty();
  }

  private Optional<Check> check(Members members, Set<String> names, Set<String> digests) {
    int before = problems.size();
    var name = members.requiredText("name", Rules::name);
    if (!names.add(name) && !name.isEmpty()) {
      members.problem("name", Rules.shown(name) + " is the name of a check before");
    }
    var work = work(members, digests);
    var schedule = schedule(members);
    var timeout = seconds(members, "timeoutSeconds", Check.DEFAULT_TIMEOUT, Check.MAX_TIMEOUT);
    var retry = seconds(members, "retrySeconds", Check.DEFAULT_RETRY, Check.MAX_RETRY);
    long attempts = members.whole("maxAttempts", Check.DEFAULT_ATTEMPTS);
    members.problem("maxAttempts", Rules.attempts(attempts));
    var environment = members.map("environment");
    members.problem("environment", Rules.environment(environment));
    boolean inventory = members.flag("inventory");
    return before == problems.size() && work.isPresent() && schedule.isPresent()
        ? Optional.of(
            new Check(
                name,
                work.get(),
                schedule.get(),
                timeout,
                retry,
                (int) attempts,
                environment,
                inventory))
        : Optional.empty();
  }

  private Optional<Work> work(Members members, Set<String> digests) {
    int before = problems.size();
    var builtin = members.text("builtin");
    var plugin = members.text("plugin");
    var script = members.text("script");
    var archive = members.text("archive");
    var file = members.text("file");
    var arguments = members.texts("arguments");
    members.problem("arguments", Rules.texts(arguments));
    int kinds =
        (builtin.isPresent() ? 1 : 0)
            + (plugin.isPresent() ? 1 : 0)
            + (script.isPresent() ? 1 : 0)
            + (archive.isPresent() ? 1 : 0);
    if (kinds != 1) {
      members.problem(
          "", "needs exactly one of builtin, plugin, script and archive; it has " + kinds);
    }
    if (builtin.isPresent()) {
      members.problem("builtin", Rules.name(builtin.get()));
    }
    if (plugin.isPresent()) {
      members.problem("plugin", Rules.plugin(plugin.get()));
    }
    if (script.isPresent() && !isOf(script.get(), Bundle.Kind.SCRIPT, digests)) {
      members.problem("script", Rules.shown(script.get()) + " is none of the bundles");
    }
    if (archive.isPresent() && !isOf(archive.get(), Bundle.Kind.ARCHIVE, digests)) {
      members.problem("archive", Rules.shown(archive.get()) + " is none of the bundles");
    }
    if (archive.isPresent() != file.isPresent()) {
      members.problem("file", file.isPresent() ? "belongs to archive" : "is missing");
    }
    if (file.isPresent()) {
      members.problem("file", Rules.file(file.get()));
    }
    if (before != problems.size()) {
      return Optional.empty();
    }
    if (builtin.isPresent()) {
      return Optional.of(new Work.Builtin(builtin.get(), arguments));
    }
    if (archive.isPresent()) {
      return Optional.of(new Work.Packed(archive.get(), file.orElseThrow(), arguments));
    }
    return plugin.isPresent()
        ? Optional.of(new Work.Plugin(plugin.get(), arguments))
        : Optional.of(new Work.Script(script.orElseThrow(), arguments));
  }

  private boolean isOf(String sha256, Bundle.Kind kind, Set<String> digests) {
    return digests.contains(sha256) && archives.contains(sha256) == (kind == Bundle.Kind.ARCHIVE);
  }

  private static Optional<Schedule> schedule(Members members) {
    boolean every = members.has("everySeconds");
    if (every == members.has("cron")) {
      members.problem("", "needs one of everySeconds and cron" + (every ? ", not both" : ""));
      return Optional.empty();
    }
    if (every) {
      var interval = seconds(members, "everySeconds", Schedule.MAX_INTERVAL, Schedule.MAX_INTERVAL);
      return Rules.duration(interval, Schedule.MAX_INTERVAL).isEmpty()
          ? Optional.of(new Schedule.Every(interval))
          : Optional.empty();
    }
    return times(members);
  }

  /** Of {@code cron} and {@code timezone}, which plan and fleet plan write alike. */
  static Optional<Schedule> times(Members members) {
    var cron = members.made("cron", Cron::parse);
    var zone = members.made("timezone", PlanReader::zone);
    return cron.map(times -> new Schedule.AtTimes(times, zone));
  }

  static ZoneId zone(String id) {
    try {
      return ZoneId.of(id);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          Rules.shown(id) + " is no time zone: write one such as Europe/Berlin or UTC", e);
    }
  }

  private static Duration seconds(Members members, String key, Duration otherwise, Duration most) {
    var duration =
        Duration.ofSeconds(
            Math.clamp(members.whole(key, otherwise.toSeconds()), -1, Integer.MAX_VALUE));
    members.problem(key, Rules.duration(duration, most));
    return duration;
  }
}
