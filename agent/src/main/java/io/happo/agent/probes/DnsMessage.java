package io.happo.agent.probes;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer of a name server (RFC 1035, 4; RFC 3596), as far as it is looked at.
 *
 * @param isAuthoritative whether it is of a server that has the zone
 * @param isCut whether it did not fit into its packet
 * @param code 0 when the name exists, 3 when it does not; others say why there is no answer
 * @param records of the type that was asked for, and of that name or what it is another name of
 */
record DnsMessage(boolean isAuthoritative, boolean isCut, int code, List<String> records) {
  static final int OK = 0;
  static final int NO_NAME = 3;
  static final int REFUSED = 5;

  private static final int HEADER = 12;
  private static final int MOST_LABEL = 63;
  private static final int MOST_NAME = 255;
  private static final int INTERNET = 1;
  private static final int ANSWER = 0x8000;
  private static final int AUTHORITATIVE = 0x400;
  private static final int CUT = 0x200;
  private static final int RECURSION = 0x100;

  /**
   * A question.
   *
   * @param name of labels with a point between them, with or without one at its end
   * @return null when that is no name
   */
  static byte @Nullable [] question(int id, String name, DnsType type) {
    var bytes = new ByteArrayOutputStream();
    put(bytes, id);
    put(bytes, RECURSION);
    put(bytes, 1);
    for (int i = 0; i < 3; i++) {
      put(bytes, 0);
    }
    var relative = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (!relative.isEmpty()) {
      for (var label : relative.split("\\.", -1)) {
        var part = label.getBytes(StandardCharsets.US_ASCII);
        if (part.length == 0 || part.length > MOST_LABEL || !isPlain(label)) {
          return null;
        }
        bytes.write(part.length);
        bytes.writeBytes(part);
      }
    }
    bytes.write(0);
    if (bytes.size() > HEADER + MOST_NAME || name.isEmpty()) {
      return null;
    }
    put(bytes, type.number());
    put(bytes, INTERNET);
    return bytes.toByteArray();
  }

  private static void put(ByteArrayOutputStream bytes, int value) {
    bytes.write(value >> 8);
    bytes.write(value);
  }

  private static boolean isPlain(String label) {
    return label.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** Reads an answer to a question; null when it is none, or broken. */
  static @Nullable DnsMessage answer(byte[] packet, byte[] question) {
    if (packet.length < HEADER) {
      return null;
    }
    try {
      return read(ByteBuffer.wrap(packet), question);
    } catch (BufferUnderflowException | IndexOutOfBoundsException | UnknownHostException e) {
      return null;
    }
  }

  private static @Nullable DnsMessage read(ByteBuffer in, byte[] question)
      throws UnknownHostException {
    var asked = ByteBuffer.wrap(question);
    int flags = in.getShort(2);
    boolean isAnswer = in.getShort(0) == asked.getShort(0) && (flags & ANSWER) != 0;
    int code = flags & 0xf;
    int questions = in.getShort(4);
    int answers = in.getShort(6) & 0xffff;
    in.position(HEADER);
    asked.position(HEADER);
    if (!isAnswer || questions != 1) {
      // Servers that do not understand a question may leave it out.
      return isAnswer && questions == 0 && code != OK
          ? new DnsMessage(false, false, code, List.of())
          : null;
    }
    boolean isSame = name(in).equalsIgnoreCase(name(asked));
    int type = asked.getShort();
    if (!isSame || in.getShort() != type || in.getShort() != INTERNET) {
      return null;
    }
    var records = new ArrayList<String>();
    boolean isCut = (flags & CUT) != 0;
    for (int i = 0; i < answers && !isCut; i++) {
      var text = record(in, type);
      if (text != null) {
        records.add(text);
      }
    }
    return new DnsMessage((flags & AUTHORITATIVE) != 0, isCut, code, records);
  }

  /** The next record as text; null when it is of another type. */
  private static @Nullable String record(ByteBuffer in, int wanted) throws UnknownHostException {
    name(in);
    int type = in.getShort();
    int family = in.getShort();
    in.getInt();
    int end = (in.getShort() & 0xffff) + in.position();
    if (end > in.limit()) {
      throw new BufferUnderflowException();
    }
    String text = null;
    if (type == wanted && family == INTERNET) {
      text = text(in, type, end);
      if (in.position() != end) {
        throw new BufferUnderflowException();
      }
    }
    in.position(end);
    return text;
  }

  private static @Nullable String text(ByteBuffer in, int number, int end)
      throws UnknownHostException {
    for (var type : DnsType.values()) {
      if (type.number() == number) {
        return switch (type) {
          case A, AAAA -> address(in, end);
          case CNAME, NS, PTR -> name(in);
          case MX -> number(in) + " " + name(in);
          case SRV -> number(in) + " " + number(in) + " " + number(in) + " " + name(in);
          case SOA -> soa(in);
          case TXT -> strings(in, end);
        };
      }
    }
    return null;
  }

  private static int number(ByteBuffer in) {
    return in.getShort() & 0xffff;
  }

  private static String soa(ByteBuffer in) {
    var text = new StringBuilder(name(in)).append(' ').append(name(in));
    for (int i = 0; i < 5; i++) {
      text.append(' ').append(in.getInt() & 0xffff_ffffL);
    }
    return text.toString();
  }

  private static String strings(ByteBuffer in, int end) {
    var text = new StringBuilder();
    while (in.position() < end) {
      var bytes = new byte[in.get() & 0xff];
      in.get(bytes);
      text.append(text.isEmpty() ? "\"" : " \"");
      text.append(new String(bytes, StandardCharsets.UTF_8)).append('"');
    }
    return text.toString();
  }

  private static String address(ByteBuffer in, int end) throws UnknownHostException {
    var bytes = new byte[end - in.position()];
    in.get(bytes);
    var address = InetAddress.getByAddress(bytes);
    return bytes.length == 4 ? address.getHostAddress() : ipv6(bytes);
  }

  /** As RFC 5952 wants it: the longest row of zeros is left out, the first of two. */
  private static String ipv6(byte[] bytes) {
    var groups = ByteBuffer.wrap(bytes).asShortBuffer();
    int begin = -1;
    int most = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && groups.get(i + length) == 0) {
        length++;
      }
      if (length > most) {
        begin = i;
        most = length;
      }
    }
    var text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == begin) {
        text.append("::");
        i += most - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
        text.append(Integer.toHexString(groups.get(i) & 0xffff));
      }
    }
    return text.toString();
  }

  /**
   * The next name, with a point at its end. Pointers lead back, each before the last, so that they
   * come to an end.
   */
  private static String name(ByteBuffer in) {
    var text = new StringBuilder();
    int at = in.position();
    int before = at;
    boolean isFollowing = false;
    while (true) {
      int length = in.get(at++) & 0xff;
      if (length >= 0xc0) {
        int to = (length & 0x3f) << 8 | (in.get(at++) & 0xff);
        if (!isFollowing) {
          in.position(at);
          isFollowing = true;
        }
        if (to >= before) {
          throw new BufferUnderflowException();
        }
        before = to;
        at = to;
      } else if (length > MOST_LABEL || text.length() > 4 * MOST_NAME) {
        throw new BufferUnderflowException();
      } else if (length == 0) {
        break;
      } else {
        for (int i = 0; i < length; i++) {
          add(text, in.get(at++) & 0xff);
        }
        text.append('.');
      }
    }
    if (!isFollowing) {
      in.position(at);
    }
    return text.isEmpty() ? "." : text.toString();
  }

  /** One byte of a label as files of zones write it (RFC 1035, 5.1). */
  private static void add(StringBuilder text, int c) {
    if (c <= ' ' || c >= 0x7f) {
      text.append('\\').append((char) ('0' + c / 100));
      text.append((char) ('0' + c / 10 % 10)).append((char) ('0' + c % 10));
    } else if (c == '.' || c == '\\' || c == '"') {
      text.append('\\').append((char) c);
    } else {
      text.append((char) c);
    }
  }

  /** The name that is asked for the names of an address (RFC 1035, 3.5; RFC 3596, 2.5). */
  static String reverse(InetAddress address) {
    var bytes = address.getAddress();
    var text = new StringBuilder();
    for (int i = bytes.length - 1; i >= 0; i--) {
      int value = bytes[i] & 0xff;
      if (bytes.length == 4) {
        text.append(value).append('.');
      } else {
        text.append(Character.forDigit(value & 0xf, 16)).append('.');
        text.append(Character.forDigit(value >> 4, 16)).append('.');
      }
    }
    return text.append(bytes.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString();
  }

  /** What the server says why there is no answer. */
  String reason() {
    return switch (code) {
      case 1 -> "FORMERR";
      case 2 -> "SERVFAIL";
      case NO_NAME -> "NXDOMAIN";
      case 4 -> "NOTIMP";
      case REFUSED -> "REFUSED";
      default -> "code " + code;
    };
  }
}
