package io.happo.hub.notify;

import io.happo.hub.settings.Setting;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The kinds of channels, and what each must be told: one table for reader, documents and pages. */
@SuppressWarnings("ImmutableEnumChecker") // Its lists do not change.
public enum ChannelKind {
  MAIL(
      "E-mail by an SMTP server",
      List.of(
          Setting.must("to", "Whom, with commas between several addresses."),
          Setting.must("server", "The SMTP server, HOST or HOST:PORT; 587 unless given."),
          Setting.may("from", "", "From whom; happo@ and the hub's name unless given."),
          Setting.oneOf(
              "security",
              List.of("starttls", "tls", "none"),
              "How the connection is secured: by STARTTLS, by TLS from the first byte (465), or not"
                  + " at all."),
          Setting.may("user", "", "For servers that ask who sends."),
          Setting.secret("password", false, "Of that user."),
          Setting.may(
              "ca",
              "",
              "A file of certificates (PEM) that the server's is checked by instead of those of"
                  + " the system."))),
  WEBHOOK(
      "A POST to a URL",
      List.of(
          Setting.secret("url", true, "Where to."),
          Setting.secret("token", false, "Sent as Authorization: Bearer."),
          Setting.may(
              "template",
              "",
              "The body, with {{subject}}, {{text}}, {{kind}}, {{agent}}, {{check}}, {{status}},"
                  + " {{output}}, {{url}}, {{incident}}, {{rule}} in place, written as JSON texts"
                  + " without their quotes; the whole notice as JSON unless given."),
          Setting.may("content-type", "application/json", "Of the body."))),
  SLACK(
      "A webhook as Slack, Mattermost and Rocket.Chat have it",
      List.of(Setting.secret("url", true, "The webhook's URL."))),
  PAGERDUTY(
      "PagerDuty, Events API v2",
      List.of(
          Setting.secret("routing-key", true, "The integration's key."),
          Setting.may(
              "url", "https://events.pagerduty.com/v2/enqueue", "Where to, for one like it."))),
  COMMAND(
      "A program on the hub's machine, as Nagios runs one to notify",
      List.of(
          Setting.must(
              "command",
              "The program and its arguments, with $HOSTNAME$ and the like in place; no shell runs"
                  + " it. It finds NAGIOS_HOSTNAME and the like in its environment."),
          Setting.may("timeout-seconds", "30", "When it is ended.")));

  private final String title;
  private final List<Setting> settings;

  ChannelKind(String title, List<Setting> settings) {
    this.title = title;
    this.settings = settings;
  }

  /** As it is written. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String title() {
    return title;
  }

  public List<Setting> settings() {
    return settings;
  }

  /** The kind of a word. */
  public static Optional<ChannelKind> of(String word) {
    for (var kind : values()) {
      if (kind.word().equals(word)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** Everything that is wrong with what a channel of this kind is told. */
  public List<String> problems(Map<String, String> given) {
    return Setting.problems(settings, given, ChannelKind::problem);
  }

  private static Optional<String> problem(Setting setting, String value) {
    if (!setting.name().equals("template") && value.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("holds a control character");
    }
    return switch (setting.name()) {
      case "token", "content-type" ->
          Setting.isPrintableAscii(value)
              ? Optional.empty()
              : Optional.of("holds other characters than those of ASCII");
      case "url" ->
          Setting.isHttp(value) ? Optional.empty() : Optional.of("is no URL of http or https");
      case "server" ->
          value.matches("[^:/\\s]+(:[0-9]{1,5})?|\\[[0-9a-fA-F:]+\\](:[0-9]{1,5})?")
              ? Optional.empty()
              : Optional.of("is '" + value + "', expected HOST or HOST:PORT");
      case "command" -> {
        try {
          CommandSender.split(value);
          yield Optional.empty();
        } catch (IllegalArgumentException e) {
          yield Optional.of(String.valueOf(e.getMessage()));
        }
      }
      case "timeout-seconds" ->
          value.matches("[1-9][0-9]{0,2}")
              ? Optional.empty()
              : Optional.of("is '" + value + "', expected 1 to 999");
      default -> Optional.empty();
    };
  }

  /** What is given, and what is so unless given. */
  Map<String, String> whole(Map<String, String> given) {
    return Setting.whole(settings, given);
  }
}
