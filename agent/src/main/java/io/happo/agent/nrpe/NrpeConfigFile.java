package io.happo.agent.nrpe;

import io.happo.agent.nrpe.Finding.Severity;
import io.happo.program.files.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads nrpe.cfg and the files it includes, the way NRPE 4.1 does: where NRPE would not start there
 * is an error, where it goes on, so does this, and says so. All problems are gathered. At most
 * {@value #MAX_FILES} files, {@value #MAX_BYTES} bytes, {@value #MAX_DEPTH} files within each
 * other.
 */
public final class NrpeConfigFile {
  static final int MAX_FILES = 1_000;
  static final long MAX_BYTES = 16L << 20;
  static final int MAX_DEPTH = 16;

  /** A directive that reads other files, for the reference page. */
  record Include(String name, String values, String doc) {}

  static final List<Include> INCLUDES =
      List.of(
          new Include(
              "include",
              "a file",
              "Reads that file here. One that is missing is logged and left out; one that includes"
                  + " itself is refused at start."),
          new Include("include_file", "a file", "The same as include."),
          new Include(
              "include_dir",
              "a folder",
              "Reads the files of that folder that end in .cfg, and of the folders in it unless"
                  + " their names begin with a dot, in the order of their names. At most "
                  + MAX_FILES
                  + " files and "
                  + (MAX_BYTES >> 20)
                  + " MiB in all, "
                  + MAX_DEPTH
                  + " files within each other."));

  private final Draft draft;
  private final ArrayDeque<Path> open = new ArrayDeque<>();
  private final Set<Path> files = new LinkedHashSet<>();
  private long bytesLeft = MAX_BYTES;
  private int reads;

  private NrpeConfigFile(Path file) {
    this.draft = new Draft(file.toString());
  }

  /** What reading came to, and from where. */
  record Read(NrpeReading reading, Draft draft, Set<Path> files) {}

  /** Reads the file. Touches no other files than those that it includes. */
  public static NrpeReading read(Path file, TlsSwitches switches) {
    return readAll(file, switches).reading();
  }

  static Read readAll(Path file, TlsSwitches switches) {
    var reader = new NrpeConfigFile(file);
    try {
      reader.file(file);
    } catch (IOException e) {
      reader.draft.tell(
          Severity.ERROR,
          file.toString(),
          0,
          "cannot be read: " + Reason.of(e) + "; name the file" + " that NRPE was started with");
    }
    return new Read(reader.draft.finish(switches), reader.draft, reader.files);
  }

  private void file(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(Files.isDirectory(file) ? "it is a folder" : "it is no regular file");
    }
    try (var in = new BufferedInputStream(Files.newInputStream(file))) {
      var real = file.toRealPath();
      open.push(real);
      files.add(file);
      reads++;
      lines(file.toString(), new ConfigLines(in));
      open.pop();
    }
  }

  private void lines(String file, ConfigLines lines) throws IOException {
    long most = bytesLeft;
    long before = 0;
    for (var line = lines.next(most); line.isPresent(); line = lines.next(most)) {
      bytesLeft -= lines.bytesRead() - before;
      before = lines.bytesRead();
      if (!line(file, line.get())) {
        break;
      }
      most = before + bytesLeft;
    }
    if (bytesLeft <= 0) {
      draft.tell(
          Severity.ERROR, file, 0, "the configuration has more than " + MAX_BYTES + " bytes");
    }
  }

  /** Takes a line; whether to go on with this file. */
  private boolean line(String file, ConfigLines.Line line) {
    if (line.hadMark()) {
      tell(
          Severity.WARNING,
          file,
          line,
          "begins with a byte order mark, which NRPE stumbles over;" + " save the file without");
    }
    if (line.hadNul()) {
      tell(Severity.WARNING, file, line, "is cut at a NUL; save the file as text in UTF-8");
    }
    if (line.length() > ConfigLines.MAX_LINE_BYTES) {
      return tooLong(file, line);
    }
    if (line.isEmpty()) {
      return true;
    }
    if (!line.isText()) {
      tell(
          Severity.ERROR,
          file,
          line,
          "is not UTF-8; convert the file (iconv -f ISO-8859-1 -t UTF-8)");
      return true;
    }
    int start = 0;
    while (start < line.text().length() && line.text().charAt(start) == '=') {
      start++;
    }
    int equals = line.text().indexOf('=', start);
    var name = line.text().substring(start, equals < 0 ? line.text().length() : equals);
    var value = equals < 0 ? "" : line.text().substring(equals + 1);
    var read = new ConfigLine(file, line.number(), name, value);
    try {
      if (value.isEmpty()) {
        throw new BadLineException(
            name.isEmpty()
                ? "has no name"
                : "has no value; write NAME=VALUE, or leave the line out");
      }
      directive(read);
      return true;
    } catch (BadLineException e) {
      return bad(read, String.valueOf(e.getMessage()));
    }
  }

  private boolean tooLong(String file, ConfigLines.Line line) {
    boolean isComment = line.isText() && line.text().startsWith("#");
    tell(
        isComment ? Severity.WARNING : Severity.ERROR,
        file,
        line,
        "has "
            + line.length()
            + " bytes; NRPE reads "
            + ConfigLines.MAX_LINE_BYTES
            + " and takes the rest for another line: shorten it");
    return true;
  }

  /** NRPE does not start with such a line in its file; with one in an included file it does. */
  private boolean bad(ConfigLine line, String message) {
    boolean isMain = open.size() == 1;
    draft.tell(
        isMain ? Severity.ERROR : Severity.WARNING,
        line,
        isMain ? message : message + "; as with NRPE, the rest of this file is not read");
    return isMain;
  }

  private void directive(ConfigLine line) throws BadLineException {
    switch (line.name()) {
      case "include", "include_file" -> include(line);
      case "include_dir" -> includeFolder(line);
      default -> {
        var directive = Directives.of(line);
        if (directive.isPresent()) {
          draft.stands(line);
          directive.get().reader().read(draft, line);
        } else {
          unknown(line);
        }
      }
    }
  }

  private void unknown(ConfigLine line) {
    boolean hasBlank = !line.name().equals(line.name().strip());
    draft.warn(
        line,
        hasBlank
            ? "is unknown and without effect: leave out the blank before the ="
            : "is unknown, to NRPE as well, and without effect; see the reference of nrpe.cfg");
  }

  private void include(ConfigLine line) {
    try {
      within(line, Path.of(line.value()));
    } catch (InvalidPathException e) {
      draft.warn(line, "'" + line.value() + "' is no path; NRPE goes on without it as well");
    }
  }

  private void includeFolder(ConfigLine line) {
    var folder = Path.of(line.value());
    warnRelative(line, folder);
    folder(line, folder, 0);
  }

  private void folder(ConfigLine line, Path folder, int depth) {
    if (depth > MAX_DEPTH) {
      draft.refuse(line, "has more than " + MAX_DEPTH + " folders within each other");
      return;
    }
    for (var entry : entries(line, folder)) {
      var name = String.valueOf(entry.getFileName());
      if (Files.isDirectory(entry)) {
        if (!name.startsWith(".")) {
          folder(line, entry, depth + 1);
        }
      } else if (name.endsWith(".cfg") && name.length() > ".cfg".length()) {
        if (Files.isRegularFile(entry)) {
          within(line, entry);
        }
      }
    }
  }

  private List<Path> entries(ConfigLine line, Path folder) {
    var entries = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(folder)) {
      for (var entry : stream) {
        entries.add(entry);
        if (entries.size() > MAX_FILES * 10) {
          draft.refuse(line, folder + " holds more than " + MAX_FILES * 10 + " entries");
          return List.of();
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      var cause = e instanceof IOException io ? io : new IOException(e.getMessage());
      draft.warn(
          line,
          "the folder "
              + folder
              + " cannot be read: "
              + (cause instanceof NotDirectoryException ? "it is no folder" : Reason.of(cause))
              + "; as with NRPE, it is left out");
    }
    entries.sort(Comparator.comparing(entry -> String.valueOf(entry.getFileName())));
    return entries;
  }

  private void within(ConfigLine line, Path file) {
    warnRelative(line, file);
    if (open.size() >= MAX_DEPTH || reads >= MAX_FILES) {
      draft.refuse(
          line,
          file
              + " is left out: at most "
              + MAX_FILES
              + " files, "
              + MAX_DEPTH
              + " within each other");
      return;
    }
    int depth = open.size();
    try {
      if (Files.exists(file) && open.contains(file.toRealPath())) {
        draft.refuse(line, file + " includes itself; leave this line out");
        return;
      }
      file(file);
    } catch (IOException e) {
      while (open.size() > depth) {
        open.pop();
      }
      draft.warn(
          line,
          "the file "
              + file
              + " cannot be read: "
              + Reason.of(e)
              + "; as with NRPE, it is left out");
    }
  }

  private void warnRelative(ConfigLine line, Path path) {
    if (!path.isAbsolute()) {
      draft.warn(
          line,
          "'"
              + path
              + "' is looked for in the folder that the agent was started in; write the whole"
              + " path, from /");
    }
  }

  private void tell(Severity severity, String file, ConfigLines.Line line, String message) {
    draft.tell(severity, file, line.number(), "the line " + message);
  }
}
