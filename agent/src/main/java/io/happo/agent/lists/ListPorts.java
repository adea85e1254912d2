package io.happo.agent.lists;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.Tables;
import io.happo.agent.facts.SmallFiles;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * {@code list_ports}: the sockets of TCP and UDP that wait for others, of {@code /proc/net}
 * (proc(5)), and the programs that hold them, as far as the agent may see.
 */
final class ListPorts implements BuiltinCheck {
  private static final Command TABLE =
      Tables.list(
          "list_ports",
          "The ports of TCP and UDP that are listened at, and by which programs",
          List.of(
              "Programs of other users are seen by root alone (or with CAP_SYS_PTRACE and"
                  + " CAP_DAC_READ_SEARCH); without, the port stands alone. Where several hold a"
                  + " port, it is the one that runs for longest.",
              "A port of UDP that the system gave to a program for asking others cannot be told"
                  + " from one where it is asked: ports of net.ipv4.ip_local_port_range are left"
                  + " out, as they always move."),
          List.of(
              Option.flag("all", "Also ports of UDP that the system gives out, which always move.")
                  .withKey('a')),
          List.of(new Example("Of this machine", "list_ports")));

  private static final List<String> PROTOCOLS = List.of("tcp", "tcp6", "udp", "udp6");

  /** Sockets that are taken into account; a list has room for fewer. */
  private static final int MOST = 10_000;

  private static final int PORT_DIGITS = 5;

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws CheckException, InterruptedException {
    var sockets = new ArrayList<ListeningSocket>();
    for (var protocol : PROTOCOLS) {
      try (var lines = new Lines(machine.file("/proc/net/" + protocol))) {
        read(sockets, lines, protocol);
      } catch (IOException e) {
        if (protocol.equals("tcp")) {
          throw CheckException.unknown(
              "this list is made on Linux alone: /proc/net/tcp cannot be read: " + Reason.of(e));
        }
        // A kernel without IPv6.
      }
    }
    if (!given.has("all")) {
      var range = SmallFiles.textOrNothing(machine.file("/proc/sys/net/ipv4/ip_local_port_range"));
      sockets.removeIf(socket -> socket.isGivenOut(range));
    }
    var inodes = new HashSet<String>();
    for (var socket : sockets) {
      inodes.add(socket.inode());
    }
    var holders = SocketHolders.find(machine.file("/proc"), inodes);
    var list = new Listing();
    for (var socket : sockets) {
      var port = String.valueOf(socket.port());
      var where = socket.protocol() + " " + socket.address() + ":" + port;
      var program = holders.get(socket.inode());
      var line = program == null ? where : where + " " + program;
      list.add(
          socket.protocol() + "0".repeat(PORT_DIGITS - port.length()) + port + " " + line, line);
    }
    return list.finding();
  }

  private static void read(List<ListeningSocket> sockets, Lines lines, String protocol)
      throws IOException, InterruptedException {
    var state = protocol.startsWith("tcp") ? ListeningSocket.LISTEN : ListeningSocket.UNCONNECTED;
    while (lines.next() && sockets.size() < MOST) {
      // Most are connections, on a machine that has many.
      if (lines.has(state)) {
        var socket = ListeningSocket.parse(protocol, lines.from(0));
        if (socket != null) {
          sockets.add(socket);
        }
      }
    }
  }
}
