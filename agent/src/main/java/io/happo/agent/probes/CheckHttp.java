package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.core.AlertRange;
import io.happo.program.cli.Command;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_http}: a page of a web server (RFC 9110 and 9112), or its certificate. Also under
 * the name {@code check_curl}.
 */
final class CheckHttp implements BuiltinCheck {
  /** Of a page that is shown, in characters. */
  private static final int MOST_SHOWN = 64 << 10;

  private final String name;

  CheckHttp(String name) {
    this.name = name;
  }

  @Override
  public Command table() {
    return HttpTable.of(name);
  }

  @Override
  public boolean mayHoldItsThread(Given given) {
    return given.has("client-cert")
        || given.has("regex")
        || given.has("ereg")
        || given.has("eregi");
  }

  @Override
  public String whatTimesOut() {
    return "Socket timeout";
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    long begin = System.nanoTime();
    var wanted = HttpWanted.of(given);
    var onRedirect = given.text("onredirect");
    var sticks = sticks(onRedirect);
    var target = wanted.target();
    var certificates = new StringBuilder();
    var status = Status.OK;
    for (int redirects = 1; ; redirects++) {
      try (var visit = new HttpVisit(wanted, target, machine)) {
        var judged = visit.certificate();
        if (judged != null) {
          status = status.or(judged.status());
          certificates.append(judged.output()).append('\n');
          if (!given.has("continue-after-certificate")) {
            return new Finding(status, certificates.toString().stripTrailing());
          }
        }
        var page = visit.page();
        var line = OneLine.of(page.statusLine());
        var expected = given.find("expect");
        if (!isExpected(page.statusLine(), expected.orElse("HTTP/1."))) {
          throw new CheckException(
              Status.CRITICAL,
              "HTTP CRITICAL - Invalid HTTP response received from host on port "
                  + target.port()
                  + ": "
                  + line);
        }
        if (expected.isEmpty()) {
          int code = code(page, line);
          if (code >= 300 && code < 400 && sticks != null) {
            target = next(target, page, wanted, redirects, sticks);
            continue;
          }
          status = status.or(meaning(code, onRedirect));
        }
        if (page.isCutOff() && !given.has("no-body")) {
          throw new CheckException(Status.UNKNOWN, "HTTP UNKNOWN: Failed to unchunk message body");
        }
        var first =
            expected.isPresent()
                ? "Status line output matched \"" + OneLine.of(expected.get()) + "\""
                : line;
        var judge = new PageJudge(wanted, target, page);
        judge.look();
        return told(
            status.or(judge.status()),
            first + (judge.words().isEmpty() ? "" : " - " + judge.words()),
            visit,
            System.nanoTime() - begin,
            certificates.toString());
      }
    }
  }

  private static boolean isExpected(String line, String texts) {
    for (var text : texts.split(",", -1)) {
      if (!text.isEmpty() && line.contains(text)) {
        return true;
      }
    }
    return false;
  }

  private static int code(HttpPage page, String line) throws CheckException {
    int code = page.code();
    if (code >= 100 && code < 600) {
      return code;
    }
    throw new CheckException(
        Status.CRITICAL,
        "HTTP CRITICAL: Invalid Status " + (code < 0 ? "Line (" : "(") + line + ")");
  }

  private static Status meaning(int code, String onRedirect) {
    if (code >= 500) {
      return Status.CRITICAL;
    }
    if (code >= 400) {
      return Status.WARNING;
    }
    return switch (code >= 300 ? onRedirect : "") {
      case "warning" -> Status.WARNING;
      case "critical" -> Status.CRITICAL;
      default -> Status.OK;
    };
  }

  /** Null when redirects are not followed. */
  private static HttpTarget.@Nullable Sticks sticks(String onRedirect) throws UsageException {
    return switch (onRedirect) {
      case "ok", "warning", "critical" -> null;
      case "follow" -> HttpTarget.Sticks.NOTHING;
      case "sticky" -> HttpTarget.Sticks.ADDRESS;
      case "stickyport" -> HttpTarget.Sticks.ADDRESS_AND_PORT;
      default ->
          throw new UsageException(
              "-f (--onredirect): '"
                  + onRedirect
                  + "' is none of ok, warning, critical, follow, sticky and stickyport");
    };
  }

  private static HttpTarget next(
      HttpTarget target, HttpPage page, HttpWanted wanted, int redirects, HttpTarget.Sticks sticks)
      throws CheckException {
    if (!page.has("Location")) {
      throw new CheckException(
          Status.UNKNOWN,
          "HTTP UNKNOWN - Could not find redirect location - " + OneLine.of(page.statusLine()));
    }
    var next = target.redirected(page.field("Location"), sticks);
    if (redirects > wanted.given().whole("max-redirs")) {
      throw new CheckException(
          Status.WARNING,
          "HTTP WARNING - maximum redirection depth "
              + wanted.given().whole("max-redirs")
              + " exceeded - "
              + OneLine.of(next.url()));
    }
    if (next.url().equals(target.url()) && next.address().equals(target.address())) {
      throw new CheckException(
          Status.CRITICAL,
          "HTTP CRITICAL - redirection creates an infinite loop - " + OneLine.of(next.url()));
    }
    return next;
  }

  private static Finding told(
      Status judged, String words, HttpVisit visit, long nanos, String certificates) {
    var wanted = visit.wanted();
    var given = wanted.given();
    double seconds = nanos / 1e9;
    var status = judged.or(wanted.time().of(seconds));
    int size = visit.page().size();
    boolean isLink = given.has("link");
    var text = new StringBuilder(certificates);
    if (isLink) {
      text.append("<A HREF=\"")
          .append(OneLine.of(visit.target().url()).replace("\"", "%22"))
          .append("\" target=\"_blank\">");
    }
    text.append("HTTP ").append(status).append(": ").append(words);
    text.append(" - ").append(size).append(" bytes in ").append(Fixed.of(seconds, 3));
    text.append(" second response time ").append(isLink ? "</A>" : "").append('|');
    var most = Fixed.of(wanted.timeoutSeconds());
    var perfdata =
        new PerfdataText()
            .add(
                "time",
                Fixed.of(seconds) + "s",
                end(wanted.time().warning()),
                end(wanted.time().critical()),
                Fixed.of(0),
                most);
    var least = wanted.leastBytes() > 0 ? String.valueOf(wanted.leastBytes()) : null;
    perfdata.add("size", size + "B", least, least == null ? null : "0", "0", "");
    if (given.has("extended-perfdata")) {
      visit.addTimes(perfdata, most);
    }
    text.append(perfdata);
    if (given.has("show-body")) {
      text.append('\n').append(shown(visit.page().body()));
    }
    return new Finding(status, text.toString());
  }

  /** As it is, without what would begin performance data or have a terminal do something. */
  private static String shown(String body) {
    int end = Math.min(body.length(), MOST_SHOWN);
    var text = new StringBuilder(end + 3);
    for (int i = 0; i < end; i++) {
      char c = body.charAt(i);
      if (c == '\n' || c == '\t') {
        text.append(c);
      } else if (c != '\r') {
        text.append(c == '|' ? ',' : Character.isISOControl(c) ? ' ' : c);
      }
    }
    return text.append(end < body.length() ? "..." : "").toString();
  }

  /** The upper end of a range as the plugin writes it: 0 for none. */
  static @Nullable String end(Optional<AlertRange> range) {
    return range.isEmpty()
        ? null
        : Fixed.of(Double.isFinite(range.get().end()) ? range.get().end() : 0);
  }
}
