package io.happo.agent.machine;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.program.files.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The manager of systemd, asked by D-Bus (org.freedesktop.systemd1(5)): by its own socket, which is
 * for root alone, else by the system's bus. Of one thread.
 */
final class Systemd implements Closeable {
  private static final String SERVICE = "org.freedesktop.systemd1";
  private static final String OBJECT = "/org/freedesktop/systemd1";
  private static final String MANAGER = "org.freedesktop.systemd1.Manager";
  private static final String OWN_SOCKET = "/run/systemd/private";
  private static final String BUS_SOCKET = "/run/dbus/system_bus_socket";

  private final DBus bus;

  private Systemd(DBus bus) {
    this.bus = bus;
  }

  /**
   * A unit that systemd has loaded.
   *
   * @param load such as {@code loaded} or {@code not-found}
   * @param active such as {@code active} or {@code failed}
   * @param sub what that means for units of its kind, such as {@code running}
   * @param path of its object
   */
  record Unit(String name, String load, String active, String sub, String path) {}

  static Systemd open(Machine machine) throws CheckException {
    if (!Files.isDirectory(machine.file("/run/systemd/system"))) {
      throw CheckException.unknown(
          "systemd does not run this machine: there is no folder /run/systemd/system");
    }
    try {
      return new Systemd(DBus.open(machine.file(OWN_SOCKET), false));
    } catch (IOException own) {
      try {
        return new Systemd(DBus.open(machine.file(BUS_SOCKET), true));
      } catch (IOException e) {
        throw CheckException.unknown(
            "systemd cannot be asked, neither by "
                + OWN_SOCKET
                + " ("
                + OneLine.of(Reason.of(own))
                + ") nor by "
                + BUS_SOCKET
                + " ("
                + OneLine.of(Reason.of(e))
                + ")");
      }
    }
  }

  /** Such as {@code running}, {@code degraded} or {@code maintenance}. */
  String state() throws IOException {
    return property(OBJECT, MANAGER, "SystemState");
  }

  String property(String object, String type, String name) throws IOException {
    return bus.call(SERVICE, object, "org.freedesktop.DBus.Properties", "Get", type, name)
        .variant();
  }

  /** All units that are loaded. */
  List<Unit> units() throws IOException {
    var values = bus.call(SERVICE, OBJECT, MANAGER, "ListUnits");
    var units = new ArrayList<Unit>();
    int end = values.array();
    while (values.position() < end) {
      values.align(8);
      var name = values.text();
      values.text(); // description
      var load = values.text();
      var active = values.text();
      var sub = values.text();
      values.text(); // the unit that it follows
      var path = values.text();
      values.number(); // of its job, with the kind and the path of that
      values.text();
      values.text();
      units.add(new Unit(name, load, active, sub, path));
    }
    return units;
  }

  /** The path of the object of a loaded unit, also by another of its names; null for none. */
  @Nullable String find(String name) throws IOException {
    try {
      return bus.call(SERVICE, OBJECT, MANAGER, "GetUnit", name).text();
    } catch (DBus.ErrorException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    bus.close();
  }
}
