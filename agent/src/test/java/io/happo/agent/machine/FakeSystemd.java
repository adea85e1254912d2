package io.happo.agent.machine;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A systemd that tells what a test gave it, by D-Bus over a socket; closes it at nonsense. */
final class FakeSystemd implements Closeable {
  final Map<String, String> properties = new TreeMap<>();

  /** Other names of units. */
  final Map<String, String> aliases = new TreeMap<>();

  final List<String> called = new CopyOnWriteArrayList<>();

  private final List<String[]> units = new ArrayList<>();
  private final ServerSocketChannel server;
  private final ByteOrder order;

  /** What it answers to authentication. */
  volatile String welcome = "OK 0123456789abcdef";

  /** Whether it cuts its answers in the middle. */
  volatile boolean cuts;

  FakeSystemd(Path socket, ByteOrder order) throws IOException {
    Files.createDirectories(socket.getParent());
    this.order = order;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::serve);
  }

  FakeSystemd with(String name, String active, String sub) {
    units.add(new String[] {name, "loaded", active, sub});
    return this;
  }

  private void serve() {
    while (server.isOpen()) {
      try (var channel = server.accept()) {
        serve(channel);
      } catch (IOException e) {
        // The check has gone, or the test has ended.
      }
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    expect(channel, "\0AUTH EXTERNAL\r\n");
    write(channel, "DATA\r\n");
    expect(channel, "DATA\r\n");
    write(channel, welcome + "\r\n");
    expect(channel, "BEGIN\r\n");
    int serial = 100;
    while (true) {
      var start = read(channel, 16).order(ByteOrder.LITTLE_ENDIAN);
      int body = start.getInt(4);
      int caller = start.getInt(8);
      int fields = start.getInt(12);
      var rest = read(channel, ((fields + 7) & ~7) + body).order(ByteOrder.LITTLE_ENDIAN);
      var values = new DBusValues(rest.slice(0, fields).order(ByteOrder.LITTLE_ENDIAN));
      var method = "";
      var object = "";
      while (values.hasMore()) {
        values.align(8);
        int code = values.octet();
        var value = values.variant();
        object = code == 1 ? value : object;
        method = code == 3 ? value : method;
      }
      var arguments =
          new DBusValues(rest.slice((fields + 7) & ~7, body).order(ByteOrder.LITTLE_ENDIAN));
      called.add(method);
      // A signal that nobody waits for comes before each answer.
      send(channel, 4, ++serial, -1, new Writer().text("noise"));
      answer(channel, method, object, arguments, ++serial, caller);
    }
  }

  private void answer(
      SocketChannel channel,
      String method,
      String object,
      DBusValues arguments,
      int serial,
      int caller)
      throws IOException {
    switch (method) {
      case "Hello" -> send(channel, 2, serial, caller, new Writer().text(":1.7"));
      case "ListUnits" -> send(channel, 2, serial, caller, list());
      case "GetUnit" -> {
        var unit = aliases.get(arguments.text());
        if (unit == null) {
          send(channel, 3, serial, caller, new Writer().text("Unit is not loaded"));
        } else {
          send(channel, 2, serial, caller, new Writer().text(path(unit)));
        }
      }
      case "Get" -> {
        arguments.text();
        var name = arguments.text();
        var value = properties.get(object.substring(object.lastIndexOf('/') + 1) + "." + name);
        if (value == null) {
          send(channel, 3, serial, caller, new Writer().text("Unknown property " + name));
        } else if (name.endsWith("USec")) {
          send(
              channel,
              2,
              serial,
              caller,
              new Writer().signature("t").longNumber(Long.parseUnsignedLong(value)));
        } else {
          send(channel, 2, serial, caller, new Writer().signature("s").text(value));
        }
      }
      default -> send(channel, 3, serial, caller, new Writer().text("Unknown method " + method));
    }
  }

  private static String path(String unit) {
    return "/org/freedesktop/systemd1/unit/" + unit.replace('.', '_');
  }

  private Writer list() {
    var array = new Writer();
    array.number(0).align(8);
    int begin = array.bytes.size();
    for (var unit : units) {
      array.align(8);
      array.text(unit[0]).text("What it is").text(unit[1]).text(unit[2]).text(unit[3]).text("");
      array.text(path(unit[0]));
      array.number(0).text("").text("/");
    }
    var whole = new Writer();
    whole.number(array.bytes.size() - begin);
    whole.bytes.writeBytes(Arrays.copyOfRange(array.bytes.toByteArray(), 4, array.bytes.size()));
    return whole;
  }

  private void send(SocketChannel channel, int kind, int serial, int caller, Writer body)
      throws IOException {
    var fields = new Writer();
    if (caller >= 0) {
      fields.bytes.write(5);
      fields.signature("u").number(caller);
      fields.align(8);
    }
    fields.bytes.write(7);
    fields.signature("s").text("org.freedesktop.systemd1");
    var all = new Writer();
    all.bytes.writeBytes(
        new byte[] {(byte) (order == ByteOrder.BIG_ENDIAN ? 'B' : 'l'), (byte) kind, 0, 1});
    all.number(body.bytes.size()).number(serial).number(fields.bytes.size());
    all.bytes.writeBytes(fields.bytes.toByteArray());
    all.align(8);
    all.bytes.writeBytes(body.bytes.toByteArray());
    var bytes = all.bytes.toByteArray();
    channel.write(ByteBuffer.wrap(bytes, 0, cuts ? bytes.length - 9 : bytes.length));
    if (cuts) {
      channel.close();
    }
  }

  private static void expect(SocketChannel channel, String text) throws IOException {
    var read = StandardCharsets.US_ASCII.decode(read(channel, text.length())).toString();
    if (!read.equals(text)) {
      throw new IOException("not expected: " + read);
    }
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static ByteBuffer read(SocketChannel channel, int bytes) throws IOException {
    var buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IOException("closed");
      }
    }
    return buffer.flip();
  }

  private final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Writer align(int size) {
      while (bytes.size() % size != 0) {
        bytes.write(0);
      }
      return this;
    }

    Writer number(int value) {
      align(4);
      bytes.writeBytes(ByteBuffer.allocate(4).order(order).putInt(value).array());
      return this;
    }

    Writer longNumber(long value) {
      align(8);
      bytes.writeBytes(ByteBuffer.allocate(8).order(order).putLong(value).array());
      return this;
    }

    Writer text(String text) {
      number(text.length());
      bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      bytes.write(0);
      return this;
    }

    Writer signature(String text) {
      bytes.write(text.length());
      bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      bytes.write(0);
      return this;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
