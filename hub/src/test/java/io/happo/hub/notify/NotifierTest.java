package io.happo.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import io.happo.core.Json;
import io.happo.core.JsonObject;
import io.happo.hub.alert.Kind;
import io.happo.hub.alert.Notice;
import io.happo.hub.settings.Secrets;
import io.happo.hub.store.Channels;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Messages;
import io.happo.hub.store.Store;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotifierTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
  private Store store;
  private Messages messages;
  private Notifier notifier;
  private HttpServer http;

  @BeforeEach
  void start() throws Exception {
    store = Store.open(folder, "");
    messages = new Messages(store);
    begin();
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          heard.add(
              exchange.getRequestHeaders().getFirst("Authorization")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          int status = answers.isEmpty() ? 200 : answers.removeFirst();
          var said = "so it is".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, said.length);
          exchange.getResponseBody().write(said);
          exchange.close();
        });
    http.start();
  }

  private void begin() throws Exception {
    notifier =
        new Notifier(
            new Channels(store),
            messages,
            new HubValues(store),
            Secrets.open(folder.resolve("secrets.key")),
            () -> Instant.ofEpochMilli(now.get()));
    notifier.start(URI.create("https://hub.example:6778"));
  }

  @AfterEach
  void stop() {
    notifier.close();
    http.stop(0);
    store.close();
  }

  private String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/hook/s3cret";
  }

  private static Notice notice(Kind kind, int status, String output) {
    return new Notice(
        kind,
        "all",
        "all/7/disk",
        1_800_000_000_000L,
        List.of(
            new Notice.Thing(
                "web-01",
                "f00d",
                "disk",
                status,
                1_800_000_000_000L - 600_000,
                3,
                output,
                "",
                "all/7/disk")));
  }

  private void tell(String channel, Notice notice) {
    messages.add(channel, notice.toJson(), now.get());
    notifier.wake();
  }

  private void set(String name, ChannelKind kind, Map<String, String> settings) {
    assertThat(notifier.set(name, kind, settings, "ada")).isEmpty();
  }

  private Messages.Message last() {
    return messages.newest(Long.MAX_VALUE, 1).getFirst();
  }

  private void awaitDelivered() {
    await().atMost(PATIENCE).until(() -> last().deliveredAt().isPresent());
  }

  private static String subject(MimeMessage message) {
    try {
      return message.getSubject();
    } catch (MessagingException e) {
      throw new AssertionError(e);
    }
  }

  private GreenMail mailServer() {
    var server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    server.start();
    return server;
  }

  @Test
  void a_trouble_comes_by_mail_and_its_end_belongs_to_it() throws Exception {
    var server = mailServer();
    try {
      server.setUser("happo", "happo", "mail-word");
      set(
          "ops",
          ChannelKind.MAIL,
          Map.of(
              "to", "ops@example.com, boss@example.com",
              "server", "127.0.0.1:" + server.getSmtp().getPort(),
              "security", "none",
              "user", "happo",
              "password", "mail-word"));
      tell("ops", notice(Kind.PROBLEM, 2, "DISK CRITICAL - gr\u00fcn /var|a=1\nmore\n"));
      awaitDelivered();
      tell("ops", notice(Kind.RECOVERY, 0, "DISK OK"));
      await().atMost(PATIENCE).until(() -> server.getReceivedMessages().length == 4);
      MimeMessage first = server.getReceivedMessages()[0];
      assertThat(first.getSubject())
          .isEqualTo("CRITICAL: web-01 disk - DISK CRITICAL - gr\u00fcn /var");
      assertThat(first.getFrom()[0]).hasToString("happo@hub.example");
      assertThat((String) first.getContent())
          .contains("more")
          .contains("for 10 min 0 s")
          .contains("https://hub.example:6778/agents/f00d/checks/disk");
      MimeMessage end =
          Stream.of(server.getReceivedMessages())
              .filter(message -> subject(message).equals("OK again: web-01 disk - DISK OK"))
              .findFirst()
              .orElseThrow();
      assertThat(end.getHeader("References")[0]).isEqualTo(first.getHeader("References")[0]);
      assertThat(end.getMessageID()).isNotEqualTo(first.getMessageID());
    } finally {
      server.stop();
    }
  }

  @Test
  void a_mail_server_that_is_away_gets_it_when_it_is_back() throws Exception {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    set(
        "ops",
        ChannelKind.MAIL,
        Map.of("to", "ops@example.com", "server", "127.0.0.1:" + port, "security", "none"));
    tell("ops", notice(Kind.PROBLEM, 2, "full"));
    await().atMost(PATIENCE).until(() -> last().tries() == 1);
    assertThat(last().problem()).contains("127.0.0.1");
    assertThat(last().nextAt()).hasValue(now.get() + 5_000);
    var server = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    server.start();
    try {
      now.addAndGet(5_000);
      notifier.wake();
      awaitDelivered();
      assertThat(server.getReceivedMessages()).hasSize(1);
    } finally {
      server.stop();
    }
  }

  /** A body, behind what was sent as Authorization. */
  private static JsonObject json(String text, int begin) throws Exception {
    return Json.parseObject(text.substring(begin).getBytes(StandardCharsets.UTF_8));
  }

  private void keytool(String... options) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-keystore", folder + "/mail.p12", "-storepass", "changeit"));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .doesNotContain("error");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void a_mail_server_is_believed_when_somebody_vouches_for_its_certificate() throws Exception {
    var pem = folder.resolve("mail.pem");
    keytool(
        "-genkeypair",
        "-keyalg",
        "EC",
        "-alias",
        "mail",
        "-dname",
        "CN=mail",
        "-ext",
        "san=ip:127.0.0.1",
        "-storetype",
        "PKCS12");
    keytool("-exportcert", "-rfc", "-alias", "mail", "-file", pem.toString());
    System.setProperty("greenmail.tls.keystore.file", folder + "/mail.p12");
    System.setProperty("greenmail.tls.keystore.password", "changeit");
    var server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
    server.start();
    try {
      var settings = new TreeMap<String, String>();
      settings.put("to", "ops@example.com");
      settings.put("server", "127.0.0.1:" + server.getSmtps().getPort());
      settings.put("security", "tls");
      set("ops", ChannelKind.MAIL, settings);
      tell("ops", notice(Kind.PROBLEM, 2, "full"));
      // The server complains of the handshake that fails, on a thread of its own.
      await().dontCatchUncaughtExceptions().atMost(PATIENCE).until(() -> last().tries() == 1);
      assertThat(last().problem()).containsIgnoringCase("certif");
      settings.put("ca", pem.toString());
      set("ops", ChannelKind.MAIL, settings);
      now.addAndGet(5_000);
      notifier.wake();
      awaitDelivered();
      assertThat(server.getReceivedMessages()).hasSize(1);
    } finally {
      server.stop();
    }
  }

  @Test
  void a_webhook_gets_the_notice_with_its_token() throws Exception {
    set("hook", ChannelKind.WEBHOOK, Map.of("url", url(), "token", "t0ken"));
    tell("hook", notice(Kind.PROBLEM, 2, "full"));
    awaitDelivered();
    assertThat(heard.getFirst()).startsWith("Bearer t0ken {");
    var json = json(heard.getFirst(), 13);
    assertThat(json.text("kind")).isEqualTo("problem");
    assertThat(json.objects("things").getFirst().text("agent")).isEqualTo("web-01");
  }

  @Test
  void a_template_is_filled_and_nothing_leaves_its_quotes() throws Exception {
    set(
        "hook",
        ChannelKind.WEBHOOK,
        Map.of(
            "url",
            url(),
            "template",
            "{\"t\":\"{{subject}}\",\"o\":\"{{ output }}\",\"{{x}}\":1}"));
    tell("hook", notice(Kind.PROBLEM, 2, "a \"quote\" and $1 \\ {{subject}}"));
    awaitDelivered();
    var json = json(heard.getFirst(), 5);
    assertThat(json.text("o")).isEqualTo("a \"quote\" and $1 \\ {{subject}}");
    assertThat(json.find("{{x}}")).isPresent();
  }

  @Test
  void slack_and_pagerduty_get_what_they_understand() throws Exception {
    set("chat", ChannelKind.SLACK, Map.of("url", url()));
    tell("chat", notice(Kind.PROBLEM, 2, "<b> & full"));
    awaitDelivered();
    assertThat(json(heard.getFirst(), 5).text("text"))
        .startsWith(":red_circle: ")
        .contains("&lt;b&gt; &amp; full");
    set("page", ChannelKind.PAGERDUTY, Map.of("routing-key", "r0uting", "url", url()));
    tell("page", notice(Kind.PROBLEM, 2, "full"));
    awaitDelivered();
    tell("page", notice(Kind.RECOVERY, 0, "well"));
    await().atMost(PATIENCE).until(() -> heard.size() == 3);
    assertThat(heard.get(1))
        .contains("\"event_action\":\"trigger\"")
        .contains("\"dedup_key\":\"all/7/disk\"")
        .contains("\"severity\":\"critical\"");
    assertThat(heard.get(2))
        .contains("\"event_action\":\"resolve\"")
        .contains("\"dedup_key\":\"all/7/disk\"");
  }

  @Test
  void what_is_refused_is_given_up_and_what_fails_is_tried_again_in_its_order() {
    set("hook", ChannelKind.WEBHOOK, Map.of("url", url()));
    answers.addAll(List.of(404, 503));
    tell("hook", notice(Kind.PROBLEM, 2, "first"));
    await().atMost(PATIENCE).until(() -> last().tries() == 1);
    assertThat(last().nextAt()).isEmpty();
    assertThat(last().problem()).isEqualTo("127.0.0.1 answered 404 so it is");
    tell("hook", notice(Kind.PROBLEM, 2, "second"));
    tell("hook", notice(Kind.RECOVERY, 0, "third"));
    await().atMost(PATIENCE).until(() -> heard.size() == 2);
    assertThat(last().tries()).isZero();
    now.addAndGet(5_000);
    notifier.wake();
    await().atMost(PATIENCE).until(() -> heard.size() == 4);
    assertThat(heard.get(2)).contains("second");
    assertThat(heard.get(3)).contains("third");
    assertThat(heard).noneMatch(text -> text.contains("s3cret"));
  }

  @Test
  void a_command_finds_what_nagios_would_give_it() throws Exception {
    var script = folder.resolve("notify.sh");
    Files.writeString(
        script,
        "#!/bin/sh\nenv | grep ^NAGIOS_ | sort >"
            + folder.resolve("said")
            + "\necho \"$#:$1:$2\" >>"
            + folder.resolve("said")
            + "\n",
        StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    set("run", ChannelKind.COMMAND, Map.of("command", script + " \"$HOSTNAME$\" $SERVICEOUTPUT$"));
    tell("run", notice(Kind.PROBLEM, 2, "full; $(touch x) 'a\nmore|a=1"));
    awaitDelivered();
    assertThat(Files.readString(folder.resolve("said"), StandardCharsets.UTF_8))
        .contains("NAGIOS_HOSTNAME=web-01\n")
        .contains("NAGIOS_NOTIFICATIONTYPE=PROBLEM\n")
        .contains("NAGIOS_SERVICEDESC=disk\n")
        .contains("NAGIOS_SERVICESTATE=CRITICAL\n")
        .endsWith("2:web-01:full; $(touch x) 'a\n");
  }

  @Test
  void a_command_that_hangs_is_ended_with_its_children() throws Exception {
    var script = folder.resolve("hang.sh");
    Files.writeString(script, "#!/bin/sh\nsleep 300 & sleep 300\n", StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    set("run", ChannelKind.COMMAND, Map.of("command", script.toString(), "timeout-seconds", "1"));
    tell("run", notice(Kind.PROBLEM, 2, "full"));
    await().atMost(PATIENCE).until(() -> last().tries() == 1);
    assertThat(last().problem()).contains("took more than 1 s");
    assertThat(ProcessHandle.current().descendants()).noneMatch(ProcessHandle::isAlive);
  }

  @ParameterizedTest
  @CsvSource({"1, 5, false", "75, 6, true"})
  void a_command_that_fails_is_given_up_soon_unless_it_asks_for_more(
      int exit, int tries, boolean goesOn) throws Exception {
    var script = folder.resolve("fail.sh");
    Files.writeString(script, "#!/bin/sh\necho no; exit " + exit + "\n", StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    set("run", ChannelKind.COMMAND, Map.of("command", script.toString()));
    tell("run", notice(Kind.PROBLEM, 2, "full"));
    for (int i = 1; i <= tries; i++) {
      int expected = i;
      await().atMost(PATIENCE).until(() -> last().tries() == expected);
      now.addAndGet(600_000);
      set("run", ChannelKind.COMMAND, Map.of("command", script.toString())); // Looks at once.
    }
    assertThat(last().problem()).endsWith("ended with " + exit + ": no");
    assertThat(last().nextAt().isPresent()).isEqualTo(goesOn);
  }

  @Test
  void secrets_stay_when_the_rest_is_changed_and_are_nowhere_to_be_read() throws Exception {
    set("hook", ChannelKind.WEBHOOK, Map.of("url", url(), "token", "t0ken"));
    set("hook", ChannelKind.WEBHOOK, Map.of("content-type", "text/plain"));
    tell("hook", notice(Kind.PROBLEM, 2, "full"));
    awaitDelivered();
    assertThat(heard.getFirst()).startsWith("Bearer t0ken");
    var channel = new Channels(store).find("hook").orElseThrow();
    assertThat(channel.settings()).containsOnlyKeys("content-type");
    assertThat(new String(channel.secrets(), StandardCharsets.ISO_8859_1))
        .doesNotContain("t0ken")
        .doesNotContain("s3cret");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("secrets.key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void what_waits_is_sent_after_a_restart_and_what_has_no_channel_waits_for_one() throws Exception {
    tell("nobody", notice(Kind.PROBLEM, 2, "full"));
    await().atMost(PATIENCE).until(() -> last().tries() == 1);
    assertThat(last().problem()).isEqualTo("there is no channel nobody");
    assertThat(last().nextAt()).hasValue(now.get() + 5_000); // There may be one soon.
    set("hook", ChannelKind.WEBHOOK, Map.of("url", url()));
    notifier.close();
    messages.add("hook", notice(Kind.PROBLEM, 2, "full").toJson(), now.get());
    begin();
    awaitDelivered();
  }

  @Test
  void all_mistakes_of_a_channel_are_told_at_once() {
    assertThat(
            notifier.set(
                "ops",
                ChannelKind.MAIL,
                Map.of("server", "mail:port", "security", "ssl", "pasword", "x"),
                "ada"))
        .containsExactly(
            "pasword: is not known here; did you mean 'password'?",
            "to: is missing. Whom, with commas between several addresses.",
            "server: is 'mail:port', expected HOST or HOST:PORT",
            "security: is 'ssl', expected one of starttls, tls, none");
    assertThat(notifier.channels()).isEmpty();
  }
}
