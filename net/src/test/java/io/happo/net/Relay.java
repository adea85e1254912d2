package io.happo.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Stands between one client and a server and keeps what the server sent. */
final class Relay implements AutoCloseable {
  record Sealed(int type, int length) {}

  private static final InetAddress LOCAL = InetAddress.ofLiteral("127.0.0.1");

  private final ServerSocket listener = new ServerSocket(0, 1, LOCAL);
  private final ByteArrayOutputStream answered = new ByteArrayOutputStream();
  private final Thread forth;
  private final Thread back;
  private final Socket server;

  Relay(int port) throws IOException {
    this(port, 16_384);
  }

  /**
   * @param piece how many bytes of the client are sent at a time
   */
  Relay(int port, int piece) throws IOException {
    server = new Socket(LOCAL, port);
    server.setTcpNoDelay(true);
    var client = new Socket[1];
    var accepted = new CountDownLatch(1);
    forth =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    client[0] = listener.accept();
                    accepted.countDown();
                    var bytes = new byte[16_384];
                    for (int n = read(client[0], bytes); n > 0; n = read(client[0], bytes)) {
                      for (int at = 0; at < n; at += piece) {
                        server.getOutputStream().write(bytes, at, Math.min(piece, n - at));
                      }
                    }
                    server.shutdownOutput();
                  } catch (IOException e) {
                    // The server has gone.
                  }
                });
    back =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    accepted.await();
                    var bytes = new byte[16_384];
                    for (int n = read(server, bytes); n > 0; n = read(server, bytes)) {
                      answered.write(bytes, 0, n);
                      client[0].getOutputStream().write(bytes, 0, n);
                    }
                    client[0].shutdownOutput();
                  } catch (IOException | InterruptedException e) {
                    // The client has gone.
                  }
                });
  }

  private static int read(Socket socket, byte[] bytes) throws IOException {
    try {
      return socket.getInputStream().read(bytes);
    } catch (SocketException e) {
      return -1;
    }
  }

  /** Where a client finds it. */
  int port() {
    return listener.getLocalPort();
  }

  Socket connect() throws IOException {
    var socket = new Socket(LOCAL, listener.getLocalPort());
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** All that the server sent, once it has ended. */
  byte[] answered() throws InterruptedException {
    back.join();
    return answered.toByteArray();
  }

  /** The same as TLS records. */
  List<Sealed> records() throws InterruptedException {
    var bytes = answered();
    var records = new ArrayList<Sealed>();
    for (int at = 0; at + 5 <= bytes.length; ) {
      int length = (bytes[at + 3] & 0xff) << 8 | (bytes[at + 4] & 0xff);
      records.add(new Sealed(bytes[at], length));
      at += 5 + length;
    }
    return records;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    server.close();
    forth.interrupt();
  }
}
