package io.happo.agent.checks;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A name server by UDP and TCP that knows what stands in {@code parity/names.txt}. An answer that
 * is larger than 512 bytes is cut by UDP.
 */
public final class FakeDns implements AutoCloseable {
  private static final int MOST_BY_UDP = 512;
  private static final Map<String, Integer> TYPES =
      Map.of("A", 1, "AAAA", 28, "CNAME", 5, "MX", 15, "PTR", 12, "TXT", 16);

  private record Entry(String name, String type, String data) {}

  private final List<Entry> entries = new ArrayList<>();
  private final ServerSocket tcp;
  private final FakeUdp udp;

  /**
   * @param address where it listens
   * @param port 0 for any
   */
  public FakeDns(String address, int port) throws IOException {
    try (var in = FakeDns.class.getResourceAsStream("/parity/names.txt")) {
      if (in == null) {
        throw new IOException("there is no parity/names.txt");
      }
      for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        var words = line.split(" ", 3);
        if (!line.startsWith("#")) {
          entries.add(new Entry(words[0], words[1], words[2]));
        }
      }
    }
    var ip = InetAddress.ofLiteral(address);
    tcp = new ServerSocket(port, 50, ip);
    try {
      udp = new FakeUdp(new InetSocketAddress(ip, tcp.getLocalPort()), this::answerByUdp);
    } catch (IOException e) {
      tcp.close();
      throw e;
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Where it listens. */
  public int port() {
    return udp.port();
  }

  private List<byte[]> answerByUdp(byte[] question) {
    var answer = answer(question);
    if (answer.length > MOST_BY_UDP) {
      var cut = ByteBuffer.wrap(answer, 0, question.length);
      cut.put(2, (byte) (answer[2] | 2)).putShort(6, (short) 0);
      var bytes = new byte[question.length];
      cut.get(bytes);
      return List.of(bytes);
    }
    return answer.length == 0 ? List.of() : List.of(answer);
  }

  private void accept() {
    try {
      while (true) {
        var socket = tcp.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new DataInputStream(socket.getInputStream());
      var out = new DataOutputStream(socket.getOutputStream());
      while (true) {
        var question = new byte[in.readUnsignedShort()];
        in.readFully(question);
        var answer = answer(question);
        var packet = ByteBuffer.allocate(2 + answer.length).putShort((short) answer.length);
        out.write(packet.put(answer).array());
      }
    } catch (IOException e) {
      // The other has gone.
    }
  }

  private byte[] answer(byte[] question) {
    var name = new StringBuilder();
    int at = 12;
    for (; question[at] != 0; at += question[at] + 1) {
      name.append(name.isEmpty() ? "" : ".");
      name.append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII));
    }
    int type = ByteBuffer.wrap(question).getShort(at + 1);
    var asked = name.toString().toLowerCase(Locale.ROOT);
    int code = 3;
    boolean isOwn = true;
    int count = 0;
    var records = ByteBuffer.allocate(1 << 13);
    for (var entry : entries) {
      if (!entry.name().equals(asked)) {
        continue;
      }
      switch (entry.type()) {
        case "?" -> {
          return new byte[0];
        }
        case "!" -> code = Integer.parseInt(entry.data());
        case "-" -> isOwn = false;
        default -> {
          code = 0;
          int found = TYPES.getOrDefault(entry.type(), 0);
          if (found == type || entry.type().equals("CNAME")) {
            count++;
            var data = data(entry);
            records.putShort((short) 0xc00c).putShort((short) found).putShort((short) 1);
            records.putInt(60).putShort((short) data.length).put(data);
          }
        }
      }
    }
    int length = at + 5;
    var answer = ByteBuffer.allocate(length + records.position());
    answer.put(question, 0, length).put(records.flip());
    answer.putShort(2, (short) (0x8180 | (isOwn ? 0x400 : 0) | code));
    answer.putShort(6, (short) count).putInt(8, 0);
    return answer.array();
  }

  private static byte[] data(Entry entry) {
    var data = entry.data();
    return switch (entry.type()) {
      case "A", "AAAA" -> InetAddress.ofLiteral(data).getAddress();
      case "MX" -> {
        var name = name(data);
        yield ByteBuffer.allocate(2 + name.length).putShort((short) 10).put(name).array();
      }
      case "TXT" -> {
        var text = data.getBytes(StandardCharsets.UTF_8);
        yield ByteBuffer.allocate(1 + text.length).put((byte) text.length).put(text).array();
      }
      default -> name(data);
    };
  }

  private static byte[] name(String name) {
    var bytes = ByteBuffer.allocate(name.length() + 2);
    for (var label : name.split("\\.", -1)) {
      bytes.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.array();
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
