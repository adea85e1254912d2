package io.happo.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** TCP_QUICKACK, where the system has it. */
final class QuickAck {
  private QuickAck() {}

  static void on(SocketChannel channel) throws IOException {
    if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
      channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    }
  }
}
