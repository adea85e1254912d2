package io.happo.net;

import io.happo.net.MessageReader.Framing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The first line of a request, taken apart (RFC 9112, 3).
 *
 * @param method as sent
 * @param target as sent: origin form, absolute form, {@code *}, or authority form for CONNECT
 * @param path the path, percent-decoded; empty where the target has none
 * @param query the query as sent, without its question mark
 * @param persistent whether the version is 1.1, where connections persist unless told otherwise
 */
record RequestLine(String method, String target, String path, String query, boolean persistent) {
  static RequestLine parse(String line) throws MalformedMessageException {
    var parts = line.split(" ", -1);
    if (parts.length != 3 || !Characters.isToken(parts[0]) || !isVersion(parts[2])) {
      throw new MalformedMessageException(400, "no request line");
    }
    if (!parts[2].startsWith("HTTP/1.")) {
      throw new MalformedMessageException(505, "unsupported version " + parts[2]);
    }
    var local = withoutAuthority(parts[0], parts[1]);
    int mark = local.indexOf('?');
    return new RequestLine(
        parts[0],
        parts[1],
        decode(mark < 0 ? local : local.substring(0, mark)),
        mark < 0 ? "" : local.substring(mark + 1),
        !parts[2].equals("HTTP/1.0"));
  }

  private static boolean isVersion(String text) {
    return text.length() == 8
        && text.startsWith("HTTP/")
        && Characters.isDigit(text.charAt(5))
        && text.charAt(6) == '.'
        && Characters.isDigit(text.charAt(7));
  }

  private static String withoutAuthority(String method, String target)
      throws MalformedMessageException {
    if (target.isEmpty() || !Characters.all(target, c -> c > ' ' && c != 0x7f)) {
      throw new MalformedMessageException(400, "bad request target");
    }
    if (target.startsWith("/") || target.equals("*")) {
      return target;
    }
    if (method.equals("CONNECT")) {
      return "";
    }
    int scheme = target.indexOf("://");
    if (scheme <= 0 || target.indexOf('/') < scheme) {
      throw new MalformedMessageException(400, "bad request target");
    }
    int end = scheme + 3;
    while (end < target.length() && "/?".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    var rest = target.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  /** How a request's body is framed: by its length or in chunks, else there is none. */
  static Framing framing(String line, Headers headers) throws MalformedMessageException {
    var request = parse(line);
    int hosts = headers.all("Host").size();
    if (hosts == 0 && request.persistent()) {
      throw MalformedMessageException.told("missing required Host header");
    }
    if (hosts > 1) {
      throw MalformedMessageException.told("too many Host headers");
    }
    var framing = MessageReader.framing(headers);
    if (framing instanceof Framing.Chunked && !request.persistent()) {
      throw new MalformedMessageException(400, "chunks in HTTP/1.0");
    }
    return framing == null ? new Framing.Length(0) : framing;
  }

  /**
   * The segments of the path of a target, each decoded after it was cut off: {@code /a/b%2Fc} has
   * two. None when the target has no path.
   */
  static List<String> segments(String method, String target) throws MalformedMessageException {
    var local = withoutAuthority(method, target);
    var segments = new ArrayList<String>();
    if (local.startsWith("/")) {
      int mark = local.indexOf('?');
      for (var segment : local.substring(1, mark < 0 ? local.length() : mark).split("/", -1)) {
        segments.add(decode(segment));
      }
    }
    return segments;
  }

  private static String decode(String raw) throws MalformedMessageException {
    if (raw.indexOf('%') < 0 && Characters.all(raw, c -> c < 0x80)) {
      return raw;
    }
    var bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
    var decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.write(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new MalformedMessageException(400, "bad percent-encoding in the path");
      }
      decoded.write((high << 4) | low);
      i += 2;
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }
}
