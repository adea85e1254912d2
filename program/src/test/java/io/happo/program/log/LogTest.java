package io.happo.program.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTest {
  @Test
  void line_of_an_interrupted_thread_is_written_and_so_are_those_after_it(@TempDir Path folder)
      throws Exception {
    var file = folder.resolve("log");
    Log.open(file, Level.INFO);
    var interrupted =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              Log.write(Level.INFO, "first");
            });
    interrupted.start();
    interrupted.join();
    Log.write(Level.INFO, "second");
    assertThat(Files.readString(file)).contains("[info] first\n").contains("[info] second\n");
  }

  @Test
  void loggers_of_the_runtime_are_silent_at_debug(@TempDir Path folder) throws Exception {
    var file = folder.resolve("log");
    Log.open(file, Level.DEBUG);
    var finder = new LogFinder();
    var theirs = finder.getLogger("java.lang.ProcessBuilder", Object.class.getModule());
    var ours = finder.getLogger("io.happo.agent", LogTest.class.getModule());
    theirs.log(Level.DEBUG, "a command line", new Throwable());
    theirs.log(Level.WARNING, "a warning");
    ours.log(Level.DEBUG, "a detail");
    assertThat(Files.readString(file))
        .doesNotContain("a command line")
        .contains("[warning] a warning\n")
        .contains("[debug] a detail\n");
  }
}
