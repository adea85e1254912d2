package io.happo.hub.cli;

import io.happo.core.Sha256;
import io.happo.core.plan.Archive;
import io.happo.core.plan.BadArchiveException;
import io.happo.core.plan.Bundle;
import io.happo.program.cli.Failure;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The archives of a plan's folder {@code plugins/}: each {@code NAME.zip} as it is, each folder
 * {@code NAME/} packed so that the same files give the same bytes. Files whose names begin with a
 * point are left out; what stands in {@code plugins/} itself and is no ZIP is left alone.
 */
final class ArchivePacking {
  private static final String ZIP = ".zip";

  private final List<String> problems;
  private final SortedMap<String, byte[]> archives = new TreeMap<>();

  private ArchivePacking(List<String> problems) {
    this.problems = problems;
  }

  /**
   * Packs them.
   *
   * @param plugins which need not be there
   * @param problems to which everything that is wrong is added
   * @return ZIPs by their names
   */
  static SortedMap<String, byte[]> read(Path plugins, List<String> problems) throws Failure {
    var packing = new ArchivePacking(problems);
    if (Files.isDirectory(plugins)) {
      for (var entry : list(plugins)) {
        packing.add(entry);
      }
    }
    return packing.archives;
  }

  private static List<Path> list(Path folder) throws Failure {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new Failure("cannot read " + folder + ": " + Reason.of(e));
    }
  }

  private void add(Path entry) throws Failure {
    var file = entry.getFileName().toString();
    if (Files.isDirectory(entry)) {
      int before = problems.size();
      var bytes = pack(entry);
      if (before == problems.size()) {
        put(file, entry, bytes);
      }
    } else if (file.endsWith(ZIP)) {
      try {
        if (Files.size(entry) > Archive.MAX_BYTES) {
          problems.add(entry + " " + tooLarge(Files.size(entry)));
        } else {
          put(file.substring(0, file.length() - ZIP.length()), entry, Files.readAllBytes(entry));
        }
      } catch (IOException e) {
        problems.add("cannot read " + entry + ": " + Reason.of(e));
      }
    }
  }

  private void put(String name, Path place, byte[] bytes) {
    try {
      Archive.read(bytes).verify();
      var _ = new Bundle(Sha256.of(bytes), name, Bundle.Kind.ARCHIVE, bytes.length, "");
    } catch (IllegalArgumentException e) {
      problems.add(place + ": " + e.getMessage());
    } catch (BadArchiveException e) {
      for (var problem : e.problems()) {
        problems.add(place + ": " + problem);
      }
    }
    if (archives.put(name, bytes) != null) {
      problems.add(place + ": there is a folder and a ZIP of this name; keep one of them");
    }
  }

  private byte[] pack(Path folder) throws Failure {
    var files = new TreeMap<String, byte[]>();
    long size = collect(folder, "", files, 0);
    if (size > Archive.MAX_UNPACKED_BYTES) {
      problems.add(
          folder
              + " holds more than "
              + Archive.MAX_UNPACKED_BYTES
              + " bytes, the most that is possible");
      return new byte[0];
    }
    if (files.isEmpty()) {
      problems.add(folder + " holds no file");
      return new byte[0];
    }
    var bytes = Archive.pack(files);
    if (bytes.length > Archive.MAX_BYTES) {
      problems.add(folder + " when packed " + tooLarge(bytes.length));
    }
    return bytes;
  }

  private static String tooLarge(long bytes) {
    return "has " + bytes + " bytes; at most " + Archive.MAX_BYTES + " are possible";
  }

  /** Returns how many bytes there are by now; with too many it gives up. */
  private long collect(Path folder, String prefix, SortedMap<String, byte[]> files, long before)
      throws Failure {
    long size = before;
    for (var entry : list(folder)) {
      var path = prefix + entry.getFileName();
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        size = collect(entry, path + "/", files, size);
      } else if (!Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
        problems.add(
            entry
                + (Files.isSymbolicLink(entry)
                    ? " is a link, which may lead anywhere: put the file itself in its place"
                    : " is neither a file nor a folder"));
      } else {
        var wrong = Archive.wrongPath(path);
        if (wrong.isPresent()) {
          problems.add(folder + ": " + wrong.get());
        }
        try {
          size += Files.size(entry);
          if (size > Archive.MAX_UNPACKED_BYTES) {
            return size;
          }
          files.put(path, Files.readAllBytes(entry));
        } catch (IOException e) {
          problems.add("cannot read " + entry + ": " + Reason.of(e));
        }
      }
    }
    return size;
  }
}
