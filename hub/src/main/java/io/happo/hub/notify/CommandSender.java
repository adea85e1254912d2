package io.happo.hub.notify;

import io.happo.core.plan.Words;
import io.happo.hub.alert.Kind;
import io.happo.hub.alert.Notice;
import io.happo.hub.alert.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a program, as Nagios does to notify: what there is to tell stands in its environment under
 * the names of Nagios' macros, and in its arguments where {@code $HOSTNAME$} and the like stand. No
 * shell runs it, so that what a plugin has written is never a command.
 */
final class CommandSender implements Sender {
  private static final Pattern MACRO = Pattern.compile("\\$([A-Z]+)\\$");

  /** Stand for the {@code $} of a macro while the line is split: no shell is meant by them. */
  private static final Pattern MARKED = Pattern.compile("\uE000([A-Z]+)\uE001");

  private static final int MAX_SAID = 500;

  /**
   * A program that fails so often is wrong, not unlucky: what comes later is not to wait for it.
   */
  private static final int MOST_TRIES = 5;

  /** EX_TEMPFAIL of sysexits.h: it says itself that it is to be tried again. */
  private static final int LATER = 75;

  private static final List<String> KEPT = List.of("PATH", "HOME", "LANG", "LC_ALL", "TZ");

  private final List<String> words;
  private final long timeoutSeconds;
  private final String channel;

  CommandSender(Map<String, String> settings, String channel) {
    this.words = split(settings.getOrDefault("command", ""));
    this.timeoutSeconds = Long.parseLong(settings.getOrDefault("timeout-seconds", "30"));
    this.channel = channel;
  }

  /**
   * The words of a command line, macros in them marked.
   *
   * @throws IllegalArgumentException when it holds what only a shell understands
   */
  static List<String> split(String line) {
    var words = Words.split(MACRO.matcher(line).replaceAll("\uE000$1\uE001"));
    if (words.isEmpty()) {
      throw new IllegalArgumentException("names no program");
    }
    return words;
  }

  @Override
  public void send(Notice notice) throws NotSentException, InterruptedException {
    int done = 0;
    for (var thing : notice.things()) {
      try {
        run(macros(notice, thing));
        done++;
      } catch (NotSentException e) {
        // Those before it must not be told again.
        throw done == 0
            ? e
            : new NotSentException(
                "after " + done + " of " + notice.things().size() + ": " + e.getMessage(), true, e);
      }
    }
  }

  /** Nagios Core, "Standard Macros in Nagios": those that its notification scripts use. */
  private Map<String, String> macros(Notice notice, Notice.Thing thing) {
    var macros = new TreeMap<String, String>();
    boolean isAgent = new Subject(0, thing.check()).isAgent();
    var time = ZonedDateTime.ofInstant(Instant.ofEpochMilli(notice.time()), ZoneId.systemDefault());
    macros.put("NOTIFICATIONTYPE", type(notice.kind()));
    macros.put("HOSTNAME", thing.agent());
    macros.put("HOSTALIAS", thing.agent());
    macros.put("HOSTADDRESS", thing.agent());
    macros.put("CONTACTNAME", channel);
    macros.put("NOTIFICATIONCOMMENT", thing.comment());
    macros.put("TIMET", String.valueOf(notice.time() / 1000));
    macros.put(
        "LONGDATETIME",
        DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss zzz yyyy", Locale.ROOT).format(time));
    macros.put(
        "SHORTDATETIME",
        DateTimeFormatter.ofPattern("MM-dd-yyyy HH:mm:ss", Locale.ROOT).format(time));
    int end = thing.output().indexOf('\n');
    var rest = end < 0 ? "" : thing.output().substring(end + 1);
    var prefix = isAgent ? "HOST" : "SERVICE";
    macros.put(
        prefix + "STATE", isAgent ? thing.status() == 2 ? "DOWN" : "UP" : thing.statusWord());
    macros.put(prefix + "STATEID", String.valueOf(isAgent ? thing.status() / 2 : thing.status()));
    macros.put(prefix + "STATETYPE", "HARD");
    macros.put(prefix + "ATTEMPT", String.valueOf(thing.attempt()));
    macros.put(prefix + "OUTPUT", thing.firstLine());
    macros.put("LONG" + prefix + "OUTPUT", rest);
    macros.put(
        prefix + "DURATIONSEC", String.valueOf(Math.max(0, notice.time() - thing.since()) / 1000));
    if (!isAgent) {
      macros.put("SERVICEDESC", new Subject(0, thing.check()).title());
      macros.put("HOSTSTATE", "UP");
    }
    return macros;
  }

  private static String type(Kind kind) {
    return switch (kind) {
      case FLAPPING_START -> "FLAPPINGSTART";
      case FLAPPING_END -> "FLAPPINGSTOP";
      default -> kind.name();
    };
  }

  private void run(Map<String, String> macros) throws NotSentException, InterruptedException {
    var command = new ArrayList<String>();
    for (var word : words) {
      command.add(
          MARKED
              .matcher(word)
              .replaceAll(
                  match ->
                      Matcher.quoteReplacement(
                          withoutNul(macros.getOrDefault(match.group(1), "")))));
    }
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().retainAll(KEPT);
    macros.forEach((name, value) -> builder.environment().put("NAGIOS_" + name, withoutNul(value)));
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new NotSentException(words.getFirst() + " cannot be run: " + e.getMessage(), true, e);
    }
    end(process);
  }

  private static String withoutNul(String value) {
    return value.replace("\0", "");
  }

  private void end(Process process) throws NotSentException, InterruptedException {
    var said = new CompletableFuture<String>();
    var reader = Thread.ofVirtual().start(() -> said.complete(read(process)));
    try {
      if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
        throw new NotSentException(
            words.getFirst() + " was ended: it took more than " + timeoutSeconds + " s", false);
      }
      reader.join(TimeUnit.SECONDS.toMillis(1));
      int exit = process.exitValue();
      if (exit != 0) {
        throw new NotSentException(
            words.getFirst() + " ended with " + exit + ": " + said.getNow(""),
            exit == LATER ? Integer.MAX_VALUE : MOST_TRIES);
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      close(process); // What it left running may hold it open.
    }
  }

  private static void close(Process process) {
    try {
      process.getInputStream().close();
    } catch (IOException e) {
      // It was ended.
    }
  }

  private static String read(Process process) {
    var said = new StringBuilder();
    try (var in = process.getInputStream()) {
      var bytes = new byte[MAX_SAID];
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        if (said.length() < MAX_SAID) {
          said.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      // It was ended.
    }
    return said.toString().strip();
  }
}
