package io.happo.agent.machine;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A connection by D-Bus (D-Bus Specification 0.43) over a unix socket: to a message bus, or to a
 * service that has a socket of its own. Calls methods whose arguments are texts, one after the
 * other. Blocks until it is interrupted, which closes it. Of one thread.
 */
final class DBus implements Closeable {
  /** The most of one message; a list of units of a large machine has one percent of this. */
  private static final int MOST_BYTES = 16 << 20;

  private static final int LONGEST_LINE = 1024;
  private static final int FIXED_HEADER_BYTES = 16;
  private static final int REPLY = 2;
  private static final int ERROR = 3;
  private static final int REPLY_SERIAL = 5;

  private final SocketChannel channel;
  private int serial;

  /** It answers with an error, whose text is the message. */
  static final class ErrorException extends IOException {
    private static final long serialVersionUID = 1;

    ErrorException(String message) {
      super(message);
    }
  }

  private DBus(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects and says who one is.
   *
   * @param isBus whether it is a bus, at which one has to say hello
   */
  static DBus open(Path socket, boolean isBus) throws IOException {
    var bus = new DBus(SocketChannel.open(StandardProtocolFamily.UNIX));
    try {
      bus.channel.connect(UnixDomainSocketAddress.of(socket));
      bus.authenticate();
      if (isBus) {
        bus.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello");
      }
      return bus;
    } catch (IOException | RuntimeException e) {
      bus.close();
      throw e;
    }
  }

  /** By EXTERNAL without a name: the other side asks the kernel who this is. */
  private void authenticate() throws IOException {
    write("\0AUTH EXTERNAL\r\n");
    var answer = line();
    if (answer.startsWith("DATA")) {
      write("DATA\r\n");
      answer = line();
    }
    if (!answer.startsWith("OK")) {
      throw new IOException("it does not let the agent in: " + answer);
    }
    write("BEGIN\r\n");
  }

  private void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void write(byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    while (line.length() < LONGEST_LINE) {
      char c = (char) (read(1).get() & 0xff);
      if (c == '\n') {
        return line.toString().strip();
      }
      line.append(c);
    }
    throw new IOException("it does not speak D-Bus");
  }

  private ByteBuffer read(int bytes) throws IOException {
    var buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("it has closed the connection");
      }
    }
    return buffer.flip();
  }

  /**
   * Calls a method.
   *
   * @return what it answers
   * @throws ErrorException when it answers with an error
   */
  DBusValues call(String service, String object, String type, String method, String... arguments)
      throws IOException {
    int called = ++serial;
    write(message(called, service, object, type, method, arguments));
    while (true) {
      var start = read(FIXED_HEADER_BYTES);
      start.order(start.get(0) == 'B' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      long body = start.getInt(4) & 0xffff_ffffL;
      long fields = start.getInt(12) & 0xffff_ffffL;
      long padded = (fields + 7) & ~7;
      if (body > MOST_BYTES || fields > MOST_BYTES) {
        throw new IOException("it sends a message of more than " + MOST_BYTES + " bytes");
      }
      var rest = read((int) (padded + body)).order(start.order());
      int kind = start.get(1);
      boolean isAnswer = kind == REPLY || kind == ERROR;
      if (isAnswer && replySerial(rest.slice(0, (int) fields).order(start.order())) == called) {
        var values = new DBusValues(rest.slice((int) padded, (int) body).order(start.order()));
        if (kind == ERROR) {
          throw new ErrorException(body == 0 ? "it refuses " + method : values.text());
        }
        return values;
      }
    }
  }

  /** Of the fields of a header; they lie 16 bytes behind its beginning, so they are aligned. */
  private static long replySerial(ByteBuffer fields) throws IOException {
    var values = new DBusValues(fields);
    while (values.hasMore()) {
      values.align(8);
      int code = values.octet();
      var value = values.variant();
      if (code == REPLY_SERIAL) {
        return Long.parseLong(value);
      }
    }
    return -1;
  }

  private static byte[] message(
      int serial, String service, String object, String type, String method, String[] arguments) {
    var body = new Writer();
    for (var argument : arguments) {
      body.text(argument);
    }
    var fields = new Writer();
    fields.field(1, 'o', object);
    fields.field(2, 's', type);
    fields.field(3, 's', method);
    fields.field(6, 's', service);
    if (arguments.length > 0) {
      fields.field(8, 'g', "s".repeat(arguments.length));
    }
    var all = new Writer();
    all.bytes.writeBytes(new byte[] {'l', 1, 0, 1});
    all.number(body.bytes.size());
    all.number(serial);
    all.number(fields.bytes.size());
    all.bytes.writeBytes(fields.bytes.toByteArray());
    all.align(8);
    all.bytes.writeBytes(body.bytes.toByteArray());
    return all.bytes.toByteArray();
  }

  /** Values in little-endian, each where its size wants it. */
  private static final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void align(int size) {
      while (bytes.size() % size != 0) {
        bytes.write(0);
      }
    }

    void number(int value) {
      align(4);
      for (int shift = 0; shift < 32; shift += 8) {
        bytes.write(value >> shift);
      }
    }

    void text(String text) {
      var encoded = text.getBytes(StandardCharsets.UTF_8);
      number(encoded.length);
      bytes.writeBytes(encoded);
      bytes.write(0);
    }

    void signature(String text) {
      bytes.write(text.length());
      bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      bytes.write(0);
    }

    void field(int code, char kind, String value) {
      align(8);
      bytes.write(code);
      signature(String.valueOf(kind));
      if (kind == 'g') {
        signature(value);
      } else {
        text(value);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
