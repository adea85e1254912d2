package io.happo.agent.doctor;

import io.happo.program.cli.Arguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the agent can write where it keeps things, and has room there. */
final class FoldersExam {
  /** What the two buffers may take together. */
  private static final long FULL_BUFFERS_BYTES = 512L << 20;

  private static final long SCARCE_BYTES = 32L << 20;

  private final Arguments arguments;
  private final List<Remark> remarks;
  private final Set<Path> told = new HashSet<>();

  FoldersExam(Arguments arguments, List<Remark> remarks) {
    this.arguments = arguments;
    this.remarks = remarks;
  }

  void examine() {
    folder("dbfile", arguments.path("dbfile"));
    folder("hub-folder", arguments.path("hub-folder"));
    var log = arguments.path("logfile").toAbsolutePath();
    folder("logfile", log.resolveSibling("."));
    if (Files.exists(log) && !Files.isWritable(log)) {
      remarks.add(
          Remark.critical(
              "logfile", log + " cannot be written to", "Give it to the agent's user: chown."));
    }
  }

  private void folder(String option, Path wanted) {
    @Nullable Path there = wanted.toAbsolutePath().normalize();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null || !told.add(there)) {
      return;
    }
    if (!Files.isDirectory(there)) {
      remarks.add(
          Remark.critical(
              option, there + " is no folder", "Name another folder with --" + option + "."));
    } else if (!Files.isWritable(there)) {
      remarks.add(
          Remark.critical(
              option,
              there + " cannot be written to by " + System.getProperty("user.name"),
              "Give it to the agent's user (chown), or name another place with --"
                  + option
                  + "; a file system that is mounted read-only is to be repaired first."));
    } else {
      room(option, there);
    }
  }

  private void room(String option, Path folder) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      var text = folder + " can be written to, " + (free >> 20) + " MiB free";
      if (free < SCARCE_BYTES) {
        remarks.add(
            Remark.critical(option, text, "Make room: the agent cannot keep what it measures."));
      } else if (free < FULL_BUFFERS_BYTES) {
        remarks.add(
            Remark.warning(
                option,
                text,
                "Make room: while the hub or the collector is away, up to 512 MiB wait here."));
      } else {
        remarks.add(Remark.ok(option, text));
      }
    } catch (IOException e) {
      remarks.add(
          Remark.warning(
              option, "the room in " + folder + " cannot be told: " + e.getMessage(), "See df."));
    }
  }
}
