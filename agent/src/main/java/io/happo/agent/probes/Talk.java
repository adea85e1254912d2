package io.happo.agent.probes;

import io.happo.net.ClientSocket;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is said to a server and what it says, by TCP or UDP. Of one thread. */
sealed interface Talk extends Closeable {
  byte[] NOTHING = {};

  void send(byte[] bytes) throws IOException;

  /**
   * What comes next: no bytes when nothing has come in that time, and then nothing more can be
   * received; null when the server has ended, or is not there.
   */
  byte @Nullable [] receive(Duration most) throws IOException, InterruptedException;

  /** By a connection. */
  record OfTcp(ClientSocket socket) implements Talk {
    private static final int MAX_BYTES = 1024;

    @Override
    public void send(byte[] bytes) throws IOException {
      socket.output().write(bytes);
    }

    @Override
    public byte @Nullable [] receive(Duration most) throws IOException, InterruptedException {
      var bytes = new byte[MAX_BYTES];
      socket.mustEndWithin(most);
      try {
        int count = socket.input().read(bytes);
        return count < 0 ? null : Arrays.copyOf(bytes, count);
      } catch (SocketTimeoutException e) {
        return NOTHING;
      } catch (InterruptedIOException e) {
        throw new InterruptedException();
      } catch (IOException e) {
        return null; // A reset, as an end.
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /** By packets. */
  record OfUdp(Udp udp) implements Talk {
    @Override
    public void send(byte[] bytes) throws IOException {
      udp.send(bytes);
    }

    @Override
    public byte @Nullable [] receive(Duration most) throws IOException, InterruptedException {
      try {
        var packet = udp.receive(most);
        if (packet == null) {
          return NOTHING;
        }
        return packet.length == 0 ? null : packet; // An empty one is all it has to say.
      } catch (PortUnreachableException e) {
        return null;
      }
    }

    @Override
    public void close() {
      udp.close();
    }
  }
}
