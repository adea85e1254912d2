package io.happo.agent.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import java.io.InputStream;
import java.io.OutputStream;
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
    var path = proxies.isEmpty() ? "/monitor" : "/proxy";
    String endpoint;
    Peer peer;
    byte[] body;
    try {
      var target = authority(arguments.text("host"), arguments.number("port"));
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

  /**
   * Host and port of {@code host[:port]}; as the daemon has it, a port that is no number counts as
   * absent.
   */
  private static String hop(String proxy) throws Failure {
    int colon = proxy.lastIndexOf(':');
    boolean isBareIpv6 = colon > proxy.indexOf(':') && !proxy.startsWith("[");
    if (colon < 0 || isBareIpv6 || proxy.endsWith("]")) {
      return authority(proxy, DEFAULT_PORT);
    }
    int port;
    try {
      port = Integer.parseInt(proxy.substring(colon + 1));
    } catch (NumberFormatException _) {
      port = DEFAULT_PORT;
    }
    if (port < 0 || port > 65_535) {
      throw new Failure("--proxy " + proxy + ": the port is not " + Type.PORT.expected());
    }
    return authority(proxy.substring(0, colon), port);
  }

  private static String authority(String host, int port) throws Failure {
    for (int i = 0; i < host.length(); i++) {
      if ("/?#@".indexOf(host.charAt(i)) >= 0) {
        throw new Failure("'" + host + "' is no name or address of a host");
      }
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
