package io.happo.hub.export;

import java.util.List;
import java.util.Map;

/** How values are written into the body of a request, and what an answer means. */
interface Encoding {
  /**
   * A body.
   *
   * @param bytes before it is compressed
   * @param compressed as it is sent
   */
  record Body(byte[] bytes, byte[] compressed) {}

  Body body(List<Point> points);

  /** Those that say what the body is. */
  Map<String, String> headers();

  /** Whether a status means that something is wrong with what was sent: others may be taken. */
  boolean isAboutContent(int status, String answer);

  /** What the body of a 2xx says. */
  Receiver.Taken taken(byte[] answer);
}
