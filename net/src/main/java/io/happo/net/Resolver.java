package io.happo.net;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Looks names up by the system's resolver. Any thread; blocks until the deadline. */
public final class Resolver {
  /**
   * The most that are looked up at once, each by a thread that may be left behind: with a dead name
   * server, one stays for half a minute and more.
   */
  private static final Semaphore PLACES = new Semaphore(256);

  private Resolver() {}

  /**
   * The addresses of a host, in the order in which they are to be tried; at least one.
   *
   * @param host a name or an address literal
   * @param port which the addresses get
   * @throws UnknownHostException when there is no such name
   * @throws SocketTimeoutException when the deadline is over
   * @throws InterruptedIOException when the thread was interrupted, as it still is then
   */
  public static List<InetSocketAddress> resolve(String host, int port, Duration deadline)
      throws IOException {
    if (Addresses.isLiteral(host)) {
      return List.of(new InetSocketAddress(InetAddress.ofLiteral(host), port));
    }
    if (host.isEmpty() || host.indexOf('\0') >= 0) {
      throw new UnknownHostException("no host is named"); // Java would take it for this machine.
    }
    long end = System.nanoTime() + deadline.toNanos();
    try {
      if (!PLACES.tryAcquire(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
        throw late(host);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    // The system's resolver cannot be interrupted: it gets a thread that may be left behind.
    var found = new CompletableFuture<InetAddress[]>();
    Thread.ofPlatform()
        .daemon()
        .name("happo-resolver")
        .start(
            () -> {
              try {
                found.complete(InetAddress.getAllByName(host));
              } catch (UnknownHostException e) {
                found.completeExceptionally(e);
              } finally {
                PLACES.release();
              }
            });
    try {
      var addresses = new ArrayList<InetSocketAddress>();
      for (var address : found.get(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        addresses.add(new InetSocketAddress(address, port));
      }
      return addresses;
    } catch (TimeoutException e) {
      var timeout = late(host);
      timeout.initCause(e);
      throw timeout;
    } catch (ExecutionException e) {
      var unknown =
          new UnknownHostException("unknown host " + host + "; check the name and the name server");
      unknown.initCause(e);
      throw unknown;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static SocketTimeoutException late(String host) {
    return new SocketTimeoutException(
        "the name " + host + " could not be looked up in time; check the name server");
  }

  /** What a thread that waited is told when it was interrupted; it stays interrupted. */
  static InterruptedIOException interrupted(Exception cause) {
    Thread.currentThread().interrupt();
    var interrupted = new InterruptedIOException("interrupted while waiting for an answer");
    interrupted.initCause(cause);
    return interrupted;
  }
}
