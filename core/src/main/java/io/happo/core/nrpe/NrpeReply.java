package io.happo.core.nrpe;

import java.nio.charset.StandardCharsets;

/**
 * What a query is answered with.
 *
 * @param status 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; nothing else ever goes out, since clients
 *     pass it on as their exit code or ask again
 * @param text one byte a character, at most 65,535, no NUL; may be empty
 */
public record NrpeReply(int status, String text) {
  /** What {@code check_nrpe} without a command is told; scripts compare it. */
  public static final String COMPATIBLE_VERSION = "4.1.0";

  /** The longest text that a packet of version 3 or 4 holds. */
  public static final int MAX_TEXT_BYTES = NrpeVersion.MAX_LENGTH - 1;

  private static final int UNKNOWN = 3;
  private static final int V2_MAX_TEXT_BYTES = 1023;

  /** NRPE makes this one text in a buffer of 2,048 bytes. */
  private static final int NOT_DEFINED_MAX_BYTES = 2047;

  private static final int RESPONSE = 2;

  public NrpeReply {
    if (status < 0 || status > UNKNOWN) {
      throw new IllegalArgumentException("a status is 0 to 3, not " + status);
    }
    if (text.length() > MAX_TEXT_BYTES || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "the text of a reply has at most " + MAX_TEXT_BYTES + " bytes and no NUL");
    }
  }

  /**
   * A plugin that ended.
   *
   * @param stdout everything it printed; counts up to the first NUL, and is cut at 65,535 bytes
   *     without a word, as NRPE does
   * @param exitStatus as the shell gives it; a shell's 128 + signal, like any other above 3, is
   *     UNKNOWN
   */
  public static NrpeReply exited(byte[] stdout, int exitStatus) {
    var text = NrpeVersion.text(stdout, 0, Math.min(stdout.length, MAX_TEXT_BYTES));
    if (text.isEmpty()) {
      return new NrpeReply(UNKNOWN, "NRPE: Unable to read output");
    }
    if (text.endsWith("\n")) {
      text = text.substring(0, text.length() - 1);
    }
    int status = exitStatus >= 0 && exitStatus <= UNKNOWN ? exitStatus : UNKNOWN;
    return new NrpeReply(status, text);
  }

  /** A plugin that was ended at {@code command_timeout}; what it printed is lost, as with NRPE. */
  public static NrpeReply timedOut(long seconds) {
    return new NrpeReply(UNKNOWN, "NRPE: Command timed out after " + seconds + " seconds");
  }

  /**
   * No process could be made. NRPE has a second text with status 2 for the same in its child; that
   * the agent has no process left is UNKNOWN in both cases here.
   */
  public static NrpeReply notStarted() {
    return new NrpeReply(UNKNOWN, "NRPE: Call to fork() failed");
  }

  /** No such command. The name goes back as it came, cut like NRPE's. */
  public static NrpeReply notDefined(String name) {
    var text = "NRPE: Command '" + name + "' not defined";
    return new NrpeReply(
        UNKNOWN, text.substring(0, Math.min(text.length(), NOT_DEFINED_MAX_BYTES)));
  }

  /** The answer to {@link NrpeCommand#VERSION_QUERY}. */
  public static NrpeReply version(String version) {
    return new NrpeReply(0, "NRPE v" + version);
  }

  /**
   * The packet, to be written at once: old clients want certain fields, or all of it, in one TLS
   * record. The text is cut at 1,023 bytes for version 2.
   *
   * @return 1,036 bytes for version 2; 17 to 65,552 for version 4, three more for version 3
   */
  public byte[] encode(NrpeVersion version) {
    int length =
        version == NrpeVersion.V2 ? Math.min(text.length(), V2_MAX_TEXT_BYTES) : text.length();
    var packet = version.blank(RESPONSE, length + 1);
    NrpeVersion.put(packet, NrpeVersion.RESULT_AT, 2, status);
    var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, packet, version.textAt(), length);
    NrpeVersion.put(packet, NrpeVersion.CHECKSUM_AT, 4, version.checksum(packet, length + 1));
    return packet;
  }
}
