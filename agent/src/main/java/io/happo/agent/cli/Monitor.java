package io.happo.agent.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.core.Utf8;
import io.happo.program.cli.Answer;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import io.happo.program.cli.Peer;
import io.happo.program.cli.Type;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * {@code check_happo}: asks an agent, perhaps through others, to run a plugin, prints what the
 * plugin printed and exits as it exited. Monitoring systems start it by the thousand, so it keeps
 * away from what is slow to start: regular expressions, streams, formatted strings, lambdas,
 * switches over types.
 */
public final class Monitor {
  private static final int CRITICAL = 2;
  private static final int UNKNOWN = 3;
  private static final int DEFAULT_PORT = 6777;

  /** Of an answer that is an error, what is shown with --verbose. */
  private static final int MAX_SHOWN_BYTES = 4096;

  private final Console console;
  private final Arguments arguments;

  private Monitor(Console console, Arguments arguments) {
    this.console = console;
    this.arguments = arguments;
  }

  /**
   * Runs the program.
   *
   * @param words the words after its name
   * @return the exit status
   */
  public static int run(String[] words, OutputStream out, OutputStream err) {
    var console = new Console(InputStream.nullInputStream(), out, err);
    var parsed = Parser.parse(Programs.checkHappo(), words, Map.of());
    if (parsed instanceof Parsed.Run run) {
      return new Monitor(console, run.arguments()).run();
    }
    return parsed instanceof Parsed.Misuse misuse
        ? console.show(misuse)
        : console.show((Parsed.Print) parsed);
  }

  private int run() {
    var proxies = arguments.list("proxy");
    for (var proxy : proxies) {
      if (!hasGoodPort(proxy)) {
        return console.show(
            new Parsed.Misuse(
                "check_happo",
                List.of("--proxy " + proxy + ": the port is not " + Type.PORT.expected()),
                "See 'check_happo monitor --help'.",
                UNKNOWN,
                true));
      }
    }
    var path = proxies.isEmpty() ? "/monitor" : "/proxy";
    String endpoint;
    Peer peer;
    byte[] body;
    try {
      var target = authority("--host", arguments.text("host"), arguments.number("port"));
      endpoint = "https://" + (proxies.isEmpty() ? target : hop(proxies.getFirst()));
      var request = request();
      body = proxies.isEmpty() ? request : throughProxies(proxies, target, request);
      peer = Peer.at(endpoint, arguments, arguments.seconds("timeout"));
    } catch (Failure e) {
      return error("check_happo", e);
    }
    try (peer) {
      verbose("POST " + endpoint + path + ", " + body.length + " bytes");
      var answer = new Answer(peer.post(path, body));
      verbose(
          "answer: status " + answer.status() + ", " + answer.response().body().length + " bytes");
      if (answer.status() / 100 != 2) {
        verbose(shown(answer.response().body()));
      }
      return report(answer);
    } catch (Failure e) {
      return error("happo-agent", e);
    }
  }

  private int report(Answer answer) {
    if (answer.status() == 504) {
      console.say("UNKNOWN(happo-agent): happo-agent returns 504");
      return UNKNOWN;
    }
    if (answer.status() != 200) {
      console.say("ERROR(happo-agent): happo-agent returns " + answer.status());
      return CRITICAL;
    }
    try {
      if (answer.response().body().length == 0) {
        throw new Failure("the answer is empty");
      }
      var json = answer.json();
      var message = json.text("message");
      long exit = json.find("return_value").isEmpty() ? 0 : json.requiredLong("return_value");
      console.say(message);
      // A status beyond a byte would lose its upper bits on the way, and 256 would become an OK.
      return exit >= 0 && exit <= 255 ? (int) exit : UNKNOWN;
    } catch (Failure | JsonException e) {
      return error("check_happo", e);
    }
  }

  /** The reason that an answer holds, fit for a terminal. */
  private static String shown(byte[] body) {
    int end = Math.min(body.length, MAX_SHOWN_BYTES);
    var text = Utf8.decode(Arrays.copyOf(body, end)).stripTrailing();
    var out = new StringBuilder(text.length() + 64);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        escape(out, c);
      } else {
        out.append(c);
      }
    }
    if (end < body.length) {
      out.append("... (").append(body.length - end).append(" more bytes)");
    }
    return out.toString();
  }

  private static void escape(StringBuilder out, char control) {
    if (control == '\n') {
      out.append("\\n");
      return;
    }
    out.append("\\u00");
    out.append(Character.forDigit(control >> 4, 16)).append(Character.forDigit(control & 0xF, 16));
  }

  private byte[] request() throws Failure {
    return new JsonWriter()
        .beginObject()
        .member("apikey", ApiKey.fromFile(arguments))
        .member("plugin_name", arguments.text("plugin_name"))
        .member("plugin_option", arguments.text("plugin_option"))
        .endObject()
        .toBytes();
  }

  private static byte[] throughProxies(List<String> proxies, String target, byte[] request) {
    var json = new JsonWriter().beginObject().key("proxy_hostport").beginArray();
    for (int i = 1; i < proxies.size(); i++) {
      json.value(proxies.get(i));
    }
    return json.value(target)
        .endArray()
        .member("request_type", "monitor")
        .member("request_json", Base64.getEncoder().encodeToString(request))
        .endObject()
        .toBytes();
  }

  /** Whether the port of {@code host[:port]} is one, or there is none. */
  private static boolean hasGoodPort(String proxy) {
    int colon = portColon(proxy);
    return colon < 0 || Type.PORT.accepts(proxy.substring(colon + 1));
  }

  /** Host and port of {@code host[:port]}. */
  private static String hop(String proxy) throws Failure {
    int colon = portColon(proxy);
    return colon < 0
        ? authority("--proxy", proxy, DEFAULT_PORT)
        : authority(
            "--proxy", proxy.substring(0, colon), Integer.parseInt(proxy.substring(colon + 1)));
  }

  /** Where the port's colon is; negative when there is no port. */
  private static int portColon(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    boolean isBareIpv6 = colon > hostPort.indexOf(':') && !hostPort.startsWith("[");
    return isBareIpv6 || hostPort.endsWith("]") ? -1 : colon;
  }

  private static String authority(String option, String host, int port) throws Failure {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if ("/?#@".indexOf(c) >= 0 || Character.isWhitespace(c)) {
        throw new Failure(option + ": '" + host + "' is no name or address of a host");
      }
    }
    if (host.startsWith("[") != host.endsWith("]") && host.indexOf("]:") < 0) {
      throw new Failure(option + ": '" + host + "' is no name or address of a host");
    }
    if (portColon(host) >= 0) {
      throw new Failure(option + " takes no port; use -P: '" + host + "'");
    }
    boolean isBareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
    return (isBareIpv6 ? "[" + host + "]" : host) + ":" + port;
  }

  private int error(String who, Exception e) {
    console.say("ERROR(" + who + "): " + e.getMessage());
    return CRITICAL;
  }

  private void verbose(String text) {
    if (arguments.flag("verbose")) {
      console.complain("check_happo: " + text + "\n");
    }
  }
}
