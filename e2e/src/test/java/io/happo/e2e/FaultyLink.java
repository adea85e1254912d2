package io.happo.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way from 127.0.0.1 to a port, which can be cut, or become one where nothing comes through any
 * more.
 */
final class FaultyLink implements AutoCloseable {
  private enum Mode {
    OPEN,
    CUT,
    STALLED
  }

  private final ServerSocket listener;
  private final int to;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile Mode mode = Mode.OPEN;

  FaultyLink(int to) {
    this.to = to;
    try {
      listener = new ServerSocket(Ports.free(), 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Connections end, and no new one comes about. */
  void cut() {
    mode = Mode.CUT;
    closeAll();
  }

  /** Half-open: connections stay, and nothing comes through, nor will it. */
  void stall() {
    mode = Mode.STALLED;
  }

  /** As it should be; what was stalled is over. */
  void heal() {
    if (mode != Mode.OPEN) {
      closeAll();
      mode = Mode.OPEN;
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        if (mode == Mode.CUT) {
          client.close();
        } else {
          sockets.add(client);
          Thread.ofVirtual().start(() -> serve(client));
        }
      } catch (IOException e) {
        // It was closed, or the client is gone.
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var server = new Socket(InetAddress.getLoopbackAddress(), to)) {
      sockets.add(server);
      var back = Thread.ofVirtual().start(() -> copy(server, client));
      copy(client, server);
      back.join();
    } catch (IOException e) {
      // One of them is not there.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(client);
    }
  }

  private void copy(Socket from, Socket into) {
    var buffer = new byte[16 * 1024];
    try (from;
        into) {
      for (int count = from.getInputStream().read(buffer);
          count >= 0;
          count = from.getInputStream().read(buffer)) {
        while (mode == Mode.STALLED && !from.isClosed()) {
          Thread.sleep(20);
        }
        into.getOutputStream().write(buffer, 0, count);
      }
    } catch (IOException e) {
      // It is over.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeAll() {
    for (var socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
    sockets.clear();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // There is nothing left to do.
    }
    closeAll();
  }
}
