package io.happo.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A running Nagios Core with all its files in one folder, which asks each service of one host every
 * two seconds. It gives up root; {@link #close} ends it.
 */
final class Nagios implements AutoCloseable {
  private static final Duration STOP = Duration.ofSeconds(15);

  private static final String MAIN =
      """
      log_file=@HOME@/nagios.log
      cfg_file=@HOME@/objects.cfg
      object_cache_file=@HOME@/objects.cache
      status_file=@HOME@/status.dat
      status_update_interval=1
      temp_file=@HOME@/nagios.tmp
      temp_path=@HOME@
      check_result_path=@HOME@/results
      state_retention_file=@HOME@/retention.dat
      lock_file=@HOME@/nagios.lock
      query_socket=@HOME@/nagios.qh
      log_archive_path=@HOME@
      nagios_user=@USER@
      nagios_group=@GROUP@
      interval_length=1
      check_workers=2
      check_external_commands=0
      check_for_updates=0
      enable_notifications=0
      use_syslog=0
      service_check_timeout=30
      service_inter_check_delay_method=n
      illegal_macro_output_chars=`~$&|'"<>
      """;

  private static final String OBJECTS =
      """
      define timeperiod {
        timeperiod_name always
        alias always
        sunday 00:00-24:00
        monday 00:00-24:00
        tuesday 00:00-24:00
        wednesday 00:00-24:00
        thursday 00:00-24:00
        friday 00:00-24:00
        saturday 00:00-24:00
      }
      define contact {
        contact_name nobody
        host_notifications_enabled 0
        service_notifications_enabled 0
        service_notification_period always
        host_notification_period always
        service_notification_commands alive
        host_notification_commands alive
      }
      define command {
        command_name alive
        command_line /bin/true
      }
      define host {
        host_name monitored
        address 127.0.0.1
        check_command alive
        check_period always
        max_check_attempts 1
        contacts nobody
      }
      """;

  private final Process process;
  private final Path folder;

  private Nagios(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /**
   * Starts one.
   *
   * @param folder empty
   * @param services command lines by the name of the service
   */
  static Nagios start(Path folder, Map<String, String> services) throws IOException {
    Peer.NAGIOS.need();
    Files.createDirectories(folder.resolve("results"));
    var root = Peer.isRoot();
    var group = Run.of(folder, Map.of(), List.of("id", "-gn")).stdout().strip();
    write(
        folder.resolve("nagios.cfg"),
        MAIN.replace("@HOME@", folder.toString())
            .replace("@USER@", root ? "nobody" : System.getProperty("user.name"))
            .replace("@GROUP@", root ? "nogroup" : group));
    write(
        folder.resolve("objects.cfg"),
        OBJECTS
            + services.entrySet().stream()
                .map(service -> service(service.getKey(), service.getValue()))
                .collect(Collectors.joining()));
    // It writes as the user it becomes.
    for (var writable : List.of(folder, folder.resolve("results"))) {
      Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    var argv =
        List.of(Peer.FOLDER.resolve("nagios4").toString(), folder.resolve("nagios.cfg").toString());
    var process =
        Run.builder(folder, Map.of(), argv)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("stdout").toFile())
            .start();
    return new Nagios(process, folder);
  }

  private static String service(String name, String line) {
    return """
    define command {
      command_name %1$s
      command_line %2$s
    }
    define service {
      host_name monitored
      service_description %1$s
      check_command %1$s
      check_period always
      check_interval 2
      retry_interval 2
      max_check_attempts 1
      contacts nobody
    }
    """
        .formatted(name, line);
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  /** The fields of each service that has been checked, by its name, as the status file has them. */
  Map<String, Map<String, String>> services() {
    var services = new HashMap<String, Map<String, String>>();
    var fields = new HashMap<String, String>();
    boolean within = false;
    for (var line : status()) {
      if (line.equals("servicestatus {")) {
        within = true;
        fields = new HashMap<>();
      } else if (within && line.strip().equals("}")) {
        within = false;
        if ("1".equals(fields.get("has_been_checked"))) {
          services.put(fields.getOrDefault("service_description", ""), fields);
        }
      } else if (within) {
        var parts = line.strip().split("=", 2);
        fields.put(parts[0], parts.length == 2 ? parts[1] : "");
      }
    }
    return services;
  }

  private List<String> status() {
    return new ArrayList<>(Run.text(folder.resolve("status.dat")).lines().toList());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote to its terminal and its log. */
  String said() {
    return Run.text(folder.resolve("stdout")) + Run.text(folder.resolve("nagios.log"));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("Nagios did not end within " + STOP.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
