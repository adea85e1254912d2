package io.happo.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports below the range from which the kernel gives ports to clients, so that no connection of
 * another test can take one between its choice and its use.
 */
final class Ports {
  private static final int LOWEST = 20_000;
  private static final int COUNT = 12_000;
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

  private Ports() {}

  static int free() {
    for (int tried = 0; tried < COUNT; tried++) {
      int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      try (var probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress((InetAddress) null, port));
        return port;
      } catch (IOException taken) {
        // The next one may be free.
      }
    }
    throw new AssertionError("no free port from " + LOWEST + " to " + (LOWEST + COUNT - 1));
  }
}
