package io.happo.core.nrpe;

import static org.assertj.core.api.Assertions.fail;

import io.happo.core.nrpe.RefusedQueryException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The whole way of a packet, for the fuzzer: made of the fuzzer's bytes, it arrives in pieces, is
 * decoded, split, put into a command line and answered, and each step is held against a second,
 * simple account of what must come out. Any other exception than {@link RefusedQueryException} is a
 * find.
 *
 * <p>One input of the fuzzer describes several packets, one behind the other. A packet is right by
 * default (the checksum too, which a fuzzer would not find by itself); bits of its description put
 * something else in a field.
 */
final class PacketWalk {
  /** Inputs that go on for longer teach the fuzzer nothing more. */
  private static final int MAX_PACKETS_AN_INPUT = 64;

  private static final int ODD_TYPE = 4;
  private static final int ODD_CHECKSUM = 8;
  private static final int ODD_LENGTH = 16;
  private static final int REPEATED = 32;
  private static final int UNTERMINATED = 64;
  private static final int CUT = 128;

  private static final List<String> LINES =
      List.of(
          "/usr/lib/nagios/plugins/check_load -w 5",
          "check $ARG1$",
          "$ARG1$",
          "check -w $ARG1$ -c $ARG2$ $ARG16$ $ARG17$",
          "echo $$ $FOO$ $HOME",
          "$",
          "$$$",
          "check $ARG 2x$ $ARG+1$ $ARG-1$ $ARG$ $ARGUMENT$ $ARG0000000000000000000003$",
          "x".repeat(1994) + "$ARG1$" + "y".repeat(47),
          "$ARG1$".repeat(300));

  /** What C's atoi takes for a positive number, without its leading zeros. */
  private static final Pattern NUMBER = Pattern.compile("[ \\t\\n\\x0B\\f\\r]*\\+?0*(\\d*)");

  private final byte[] input;
  private int at;
  private boolean large;

  private PacketWalk(byte[] input) {
    this.input = input;
  }

  /** Lets all packets of an input walk and says how many they were. */
  static int of(byte[] input) {
    var walk = new PacketWalk(input);
    int packets = 0;
    while (walk.at < input.length && packets < MAX_PACKETS_AN_INPUT) {
      walk.onePacket();
      packets++;
    }
    return packets;
  }

  private int next() {
    return at < input.length ? input[at++] & 0xFF : 0;
  }

  private int next(int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | next();
    }
    return value;
  }

  private byte[] bytes(int count) {
    int from = at;
    at = Math.min(input.length, at + count);
    return Arrays.copyOfRange(input, from, at);
  }

  /** Most texts are short: more packets in an input. */
  private static int textLength(int bits) {
    return bits < 240 ? bits % 40 : bits;
  }

  private void onePacket() {
    int shape = next();
    int pieces = next();
    int rules = next();
    int status = (byte) next();
    byte[] text = bytes(textLength(next()));
    if ((shape & REPEATED) != 0) {
      text = repeated(text, 1 + next(), limit(shape));
    }
    @Nullable NrpeQuery expected = null;
    byte[] packet = text;
    if ((shape & 3) != 3) {
      packet = packet(2 + (shape & 3), shape, text);
      expected = (shape & ~(3 | REPEATED | UNTERMINATED)) == 0 ? query(packet) : null;
    }
    if ((shape & CUT) != 0) {
      packet = Arrays.copyOf(packet, Math.max(0, packet.length + (byte) next()));
    }
    int length = arrive(packet, pieces);
    var query = decode(packet, length);
    if (expected != null && !expected.equals(query)) {
      fail("the query %s became %s", expected, query);
    }
    if (query != null) {
      command(query, rules);
    }
    reply(text, status);
  }

  /** One large packet an input: they take a hundred times as long as the others. */
  private int limit(int shape) {
    if ((shape & 3) == 0 || large) {
      return 1100;
    }
    large = true;
    return NrpeVersion.MAX_LENGTH;
  }

  private static byte[] repeated(byte[] text, int times, int limit) {
    if (text.length == 0) {
      return text;
    }
    var all = new byte[Math.min(text.length * times, limit)];
    for (int i = 0; i < all.length; i += text.length) {
      System.arraycopy(text, 0, all, i, Math.min(text.length, all.length - i));
    }
    return all;
  }

  private byte[] packet(int version, int shape, byte[] text) {
    boolean terminated = (shape & UNTERMINATED) == 0 && text.length < NrpeVersion.MAX_LENGTH;
    int type = (shape & ODD_TYPE) != 0 ? next(2) : 1;
    byte[] packet =
        version == 2
            ? HandMadePackets.v2(type, shape, text)
            : HandMadePackets.v3Or4(
                version, type, terminated ? Arrays.copyOf(text, text.length + 1) : text);
    if ((shape & ODD_LENGTH) != 0) {
      ByteBuffer.wrap(packet).putInt(12, next(4));
    }
    HandMadePackets.sealed(packet);
    if ((shape & ODD_CHECKSUM) != 0) {
      ByteBuffer.wrap(packet).putInt(4, next(4));
    }
    return packet;
  }

  /** What a packet with nothing odd about it must be read as; null when its text is empty. */
  private static @Nullable NrpeQuery query(byte[] packet) {
    int version = packet[1];
    int from = version == 2 ? 10 : 16;
    int to = version == 2 ? 1033 : packet.length - (version == 3 ? 3 : 0);
    var text = HandMadePackets.latin1(Arrays.copyOfRange(packet, from, to));
    int end = text.indexOf('\0');
    text = end < 0 ? text : text.substring(0, end);
    var layout = version == 2 ? NrpeVersion.V2 : version == 3 ? NrpeVersion.V3 : NrpeVersion.V4;
    return text.isEmpty() ? null : new NrpeQuery(layout, text);
  }

  /** The packet comes in pieces; what is said about its length may not change on the way. */
  private static int arrive(byte[] packet, int pieces) {
    int length = 0;
    @Nullable Reason refused = null;
    int count = 0;
    for (int step = pieces; ; step = (step * 77 + 13) & 0xFFFF) {
      // An array that ends where the bytes end: whoever looks further falls over it.
      var arrived = count <= 16 ? Arrays.copyOf(packet, count) : packet;
      int now = 0;
      try {
        now = NrpeQuery.length(arrived, count);
        if (refused != null || (length != 0 && now != length)) {
          fail("length %d, refused for %s, became %d at %d", length, refused, now, count);
        }
        if (now == 0 ? count >= 16 : now < 17 || now > NrpeQuery.MAX_PACKET_BYTES) {
          fail("length %d of %d bytes", now, count);
        }
      } catch (RefusedQueryException e) {
        if (length != 0 || (refused != null && refused != e.reason())) {
          fail("length %d, refused for %s, became %s at %d", length, refused, e.reason(), count);
        }
        refused = checked(e);
      }
      length = now;
      if (count == packet.length) {
        return refused != null ? -1 : length;
      }
      count = Math.min(packet.length, count + 1 + (count < 16 ? step % 5 : step));
    }
  }

  private static @Nullable NrpeQuery decode(byte[] packet, int length) {
    boolean whole = length > 0 && packet.length >= length;
    @Nullable Reason refused = null;
    try {
      var query = NrpeQuery.decode(whole ? Arrays.copyOf(packet, length) : packet);
      if (whole) {
        return query;
      }
    } catch (RefusedQueryException e) {
      refused = checked(e);
    }
    boolean fits =
        whole
            ? refused == Reason.CHECKSUM || refused == Reason.EMPTY
            : length < 0
                ? refused == Reason.VERSION || refused == Reason.TYPE || refused == Reason.LENGTH
                : refused == Reason.INCOMPLETE;
    if (!fits) {
      fail("%d bytes, length %d, refused for %s", packet.length, length, refused);
    }
    return null;
  }

  private static void command(NrpeQuery query, int bits) {
    var rules =
        new QueryRules(
            (bits & 1) != 0,
            (bits & 2) != 0,
            (bits & 4) != 0
                ? ForbiddenCharacters.ofDirective(query.text())
                : (bits & 8) != 0 ? new ForbiddenCharacters("") : ForbiddenCharacters.DEFAULT);
    var words = new ArrayList<String>();
    for (var word : query.text().split("!", -1)) {
      if (!word.isEmpty() && words.size() < 17) {
        words.add(word);
      }
    }
    @Nullable Reason expected = refusal(query.text(), words, rules);
    @Nullable NrpeCommand command = null;
    @Nullable Reason refused = null;
    try {
      command = NrpeCommand.parse(query.text(), rules);
    } catch (RefusedQueryException e) {
      refused = checked(e);
    }
    if (refused != expected) {
      fail("refused for %s, expected %s: %s %s", refused, expected, query, rules);
    }
    if (command == null) {
      return;
    }
    if (!command.name().equals(words.getFirst())
        || !command.arguments().equals(words.subList(1, words.size()))) {
      fail("%s became %s", query, command);
    }
    int line = bits >> 4;
    line(
        (bits & 64) != 0 ? "sudo" : "",
        line < LINES.size() ? LINES.get(line) : query.text(),
        command.arguments());
    var reply = HandMadePackets.read(NrpeReply.notDefined(command.name()).encode(query.version()));
    if (!reply.text().startsWith("NRPE: Command '") || reply.status() != 3) {
      fail("%s became %s", command, reply);
    }
  }

  private static @Nullable Reason refusal(String text, List<String> words, QueryRules rules) {
    for (char c : rules.forbidden().characters().toCharArray()) {
      if (text.indexOf(c) >= 0) {
        return Reason.FORBIDDEN_CHARACTER;
      }
    }
    if (!rules.arguments() && text.contains("!")) {
      return Reason.ARGUMENTS_OFF;
    }
    if (words.isEmpty()) {
      return Reason.EMPTY;
    }
    boolean substitution = words.subList(1, words.size()).stream().anyMatch(w -> w.contains("$("));
    return substitution && !rules.substitution() ? Reason.COMMAND_SUBSTITUTION : null;
  }

  private static void line(String prefix, String configured, List<String> arguments) {
    var expected = expanded(prefix.isEmpty() ? configured : prefix + " " + configured, arguments);
    @Nullable String line = null;
    try {
      line = CommandLine.of(prefix, configured, arguments);
    } catch (RefusedQueryException e) {
      if (checked(e) != Reason.LINE_TOO_LONG) {
        fail("refused for %s: %s", e.reason(), configured);
      }
    }
    if (!Objects.equals(line, expected)) {
      fail("%s with %s became %s", configured, arguments, line);
    }
  }

  /** The line, or null when it is too long on the way: no piece ever makes it shorter. */
  private static @Nullable String expanded(String raw, List<String> arguments) {
    if (raw.length() > 2047) {
      return null;
    }
    var line = new StringBuilder();
    var parts = raw.split("\\$", -1);
    for (int i = 0; i < parts.length && line.length() <= 2047; i++) {
      var part = parts[i];
      if (i % 2 == 0) {
        line.append(part);
      } else if (part.isEmpty()) {
        line.append('$');
      } else if (part.startsWith("ARG")) {
        line.append(argument(part.substring(3), arguments));
      } else {
        line.append('$').append(part).append('$');
      }
    }
    return line.length() <= 2047 ? line.toString() : null;
  }

  private static String argument(String text, List<String> arguments) {
    var number = NUMBER.matcher(text);
    if (number.lookingAt() && number.group(1).length() < 3) {
      int index = Integer.parseInt("0" + number.group(1)) - 1;
      return index >= 0 && index < arguments.size() ? arguments.get(index) : "";
    }
    return "";
  }

  private static void reply(byte[] stdout, int status) {
    var output = HandMadePackets.latin1(stdout);
    int end = output.indexOf('\0');
    output = end < 0 ? output : output.substring(0, end);
    output = output.substring(0, Math.min(output.length(), 65_535));
    boolean silent = output.isEmpty();
    if (silent) {
      output = "NRPE: Unable to read output";
    } else if (output.endsWith("\n")) {
      output = output.substring(0, output.length() - 1);
    }
    var reply = NrpeReply.exited(stdout, status);
    for (var version : NrpeVersion.values()) {
      var packet = reply.encode(version);
      var text =
          version == NrpeVersion.V2 ? output.substring(0, Math.min(output.length(), 1023)) : output;
      var expected =
          new HandMadePackets.Reply(
              version.number(),
              2,
              true,
              silent || status < 0 || status > 3 ? 3 : status,
              version == NrpeVersion.V2 ? 1024 : text.length() + 1,
              text);
      var read = HandMadePackets.read(packet);
      int size =
          switch (version) {
            case V2 -> 1036;
            case V3 -> 20 + text.length();
            case V4 -> 17 + text.length();
          };
      if (!read.equals(expected) || packet.length != size) {
        fail("%s became %s, expected %s", reply, read, expected);
      }
    }
  }

  /** What a refusal says can stand in a log as it is. */
  private static Reason checked(RefusedQueryException refused) {
    var message = String.valueOf(refused.getMessage());
    if (message.isEmpty()
        || message.length() > 400
        || message.chars().anyMatch(c -> c < ' ' || c > '~')) {
      fail("not fit for a log: %s", message);
    }
    return refused.reason();
  }
}
