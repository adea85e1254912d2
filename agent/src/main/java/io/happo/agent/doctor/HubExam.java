package io.happo.agent.doctor;

import io.happo.agent.uplink.HubMembership;
import io.happo.core.link.JoinToken;
import io.happo.core.link.Link;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.program.cli.Arguments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** The way to the hub, step by step, as far as it leads; each step has its time. */
final class HubExam {
  private static final int LOOK_UP_SECONDS = 5;
  private static final int CONNECT_MILLIS = 5_000;
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int HTTPS_PORT = 443;

  /** Of two clocks, one told in whole seconds. */
  private static final Duration FAR_OFF = Duration.ofSeconds(10);

  private static final Duration ABSURD = Duration.ofMinutes(5);

  private final Arguments arguments;
  private final List<Remark> remarks;

  HubExam(Arguments arguments, List<Remark> remarks) {
    this.arguments = arguments;
    this.remarks = remarks;
  }

  void examine() {
    Optional<HubMembership> membership;
    try {
      membership =
          HubMembership.read(arguments.path("hub-folder").resolve(HubMembership.FILE_NAME));
    } catch (IOException e) {
      remarks.add(
          Remark.critical(
              "hub",
              String.valueOf(e.getMessage()),
              "The agent does not find its hub without it."));
      return;
    }
    if (membership.isPresent()) {
      remarks.add(Remark.ok("hub", "this agent belongs to " + membership.get().hub()));
    } else {
      membership = invitation();
    }
    membership.ifPresent(this::walk);
    if (membership.isPresent()) {
      HubStanding.examine(arguments, remarks);
    }
  }

  private Optional<HubMembership> invitation() {
    if (arguments.has("hub-url") != arguments.has("hub-token")) {
      remarks.add(
          Remark.critical(
              "hub", "--hub-url and --hub-token go together", "Give both of them, or neither."));
      return Optional.empty();
    }
    if (!arguments.has("hub-url")) {
      remarks.add(
          Remark.ok("hub", "this agent belongs to no hub; 'happo-agent join' would change that"));
      return Optional.empty();
    }
    try {
      var token = JoinToken.parse(arguments.text("hub-token"));
      var hub = URI.create(arguments.text("hub-url"));
      remarks.add(Remark.ok("hub", "this agent is to join " + hub));
      return Optional.of(
          new HubMembership(hub, token.hubId(), token.pin(), "", List.of(), Optional.empty()));
    } catch (IllegalArgumentException e) {
      remarks.add(
          Remark.critical(
              "hub",
              "--hub-url, --hub-token: " + e.getMessage(),
              "Copy both from what the hub printed."));
      return Optional.empty();
    }
  }

  private void walk(HubMembership membership) {
    var host = membership.hub().getHost();
    if (host == null) {
      remarks.add(
          Remark.critical(
              "hub", membership.hub() + " names no host", "Join the hub again, by its name."));
      return;
    }
    int port = membership.hub().getPort() < 0 ? HTTPS_PORT : membership.hub().getPort();
    var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    var found = lookUp(bare, membership);
    for (var address : found) {
      var at = new InetSocketAddress(address, port);
      if (reaches(at)) {
        ask(membership, at);
      }
    }
  }

  private List<InetAddress> lookUp(String host, HubMembership membership) {
    var asked =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return List.of(InetAddress.getAllByName(host));
              } catch (UnknownHostException e) {
                return List.<InetAddress>of();
              }
            },
            task -> Thread.ofPlatform().daemon().name("happo-look-up").start(task));
    List<InetAddress> found = List.of();
    try {
      found = asked.get(LOOK_UP_SECONDS, TimeUnit.SECONDS);
      if (!found.isEmpty()) {
        remarks.add(Remark.ok("hub's name", host + " is at " + shown(found)));
        return found;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // No answer: as if it were unknown.
    }
    remarks.add(
        Remark.critical(
            "hub's name",
            "the name service does not know "
                + host
                + ", or does not answer within "
                + LOOK_UP_SECONDS
                + " s",
            "Check /etc/resolv.conf and the name (getent hosts "
                + host
                + ")."
                + membership
                    .lastWorked()
                    .map(
                        last -> " Until then the agent tries " + last + ", where the hub was last.")
                    .orElse("")));
    return found;
  }

  private static String shown(List<InetAddress> addresses) {
    return String.join(", ", addresses.stream().map(InetAddress::getHostAddress).toList());
  }

  private boolean reaches(InetSocketAddress at) {
    var shown = at.getAddress().getHostAddress() + " port " + at.getPort();
    try (var socket = new Socket()) {
      socket.connect(at, CONNECT_MILLIS);
      remarks.add(Remark.ok("way to the hub", shown + " takes connections"));
      return true;
    } catch (IOException e) {
      remarks.add(
          Remark.critical(
              "way to the hub",
              shown + " cannot be reached: " + e.getMessage(),
              "See whether the hub runs there, and what firewalls on the way let through."));
      return false;
    }
  }

  private void ask(HubMembership membership, InetSocketAddress at) {
    try (var client = new HttpsClient(membership.trust(), Optional.empty())) {
      var uri = URI.create(membership.hub() + Link.PATH);
      var answer = client.send("GET", uri, Optional.of(at), Headers.NONE, new byte[0], ANSWER);
      remarks.add(
          Remark.ok(
              "hub's identity",
              membership.pin().isPresent()
                  ? "its key is the one that the token named"
                  : "public authorities vouch for its certificate"));
      answer.headers().first("Date").ifPresent(this::clock);
    } catch (SSLException e) {
      remarks.add(
          Remark.critical(
              "hub's identity",
              String.valueOf(e.getMessage()),
              "Who answers there is not the hub that this agent joined, or it has another key now:"
                  + " look at the hub, and join it again with a new token if that is right."));
    } catch (IOException e) {
      remarks.add(
          Remark.critical(
              "hub's identity",
              "no answer: " + e.getMessage(),
              "See whether it is a happo-hub that listens there, and its log."));
    }
  }

  private void clock(String date) {
    try {
      var theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      remarks.add(compared(Duration.between(theirs, Instant.now())));
    } catch (DateTimeParseException e) {
      // It does not say.
    }
  }

  /** Pure: what to say of a clock that is ahead of the hub's by that much. */
  static Remark compared(Duration ahead) {
    var off = ahead.abs();
    var text =
        "this machine's clock is "
            + off.toSeconds()
            + " s "
            + (ahead.isNegative() ? "behind" : "ahead of")
            + " the hub's";
    var advice = "Have one of the two set by NTP (timedatectl): results carry this machine's time.";
    return off.compareTo(ABSURD) > 0
        ? Remark.critical("clock", text, advice)
        : off.compareTo(FAR_OFF) > 0
            ? Remark.warning("clock", text, advice)
            : Remark.ok("clock", text);
  }
}
