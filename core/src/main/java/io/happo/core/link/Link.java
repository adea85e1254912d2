package io.happo.core.link;

import java.time.Duration;

/** The numbers of the protocol that both ends keep. */
public final class Link {
  /** What both ends offer and choose in Sec-WebSocket-Protocol. */
  public static final String SUBPROTOCOL = "happo.link.v1";

  /** Where the hub waits for the upgrade. */
  public static final String PATH = "/v1/link";

  /** Where a token is given for a place in the fleet. */
  public static final String JOIN_PATH = "/v1/join";

  /** Before the digest of a bundle: where its bytes are. */
  public static final String BUNDLE_PATH = "/v1/bundles/";

  /** The most of one message, UTF-8. */
  public static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** Batches of results that may wait for their acknowledgement. */
  public static final int MAX_BATCHES = 8;

  /** From the open connection to the hello. */
  public static final Duration HELLO_DEADLINE = Duration.ofSeconds(10);

  public static final Duration PING_EVERY = Duration.ofSeconds(15);
  public static final int MISSED_PINGS = 3;

  /** Close code: something has changed for this agent, it may come again at once. */
  public static final int COME_AGAIN = 4_001;

  /** Close code: the agent's key is not to be used any more. */
  public static final int REVOKED = 4_003;

  /** Close code: what was said is not the protocol. */
  public static final int PROTOCOL_ERROR = 4_002;

  private Link() {}

  /**
   * What an agent signs to prove its key: no clock is in it, and it serves for one connection to
   * one hub.
   */
  public static String challenge(String hubId, String nonce, String agentId) {
    return "happo.link.v1\n" + hubId + "\n" + nonce + "\n" + agentId + "\n";
  }
}
