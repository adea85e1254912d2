import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds every Java source of the tree to google-java-format. {@code check ROOT} names the files
 * that differ and exits 1; {@code fix ROOT} rewrites them. Run by the build, as a single source
 * file, with google-java-format on the path.
 */
final class Format {
  private static final Formatter FORMATTER =
      new Formatter(JavaFormatterOptions.builder().reorderModifiers(true).build());

  private Format() {}

  public static void main(String[] arguments) throws IOException, FormatterException {
    boolean fix = arguments[0].equals("fix");
    Path root = Path.of(arguments[1]);
    List<Path> changed = new ArrayList<>();
    for (Path file : sources(root)) {
      String source = Files.readString(file);
      String formatted = format(file, source);
      if (!formatted.equals(source)) {
        changed.add(root.relativize(file));
        if (fix) {
          Files.writeString(file, formatted);
        }
      }
    }
    for (Path file : changed) {
      System.out.println((fix ? "formatted " : "not formatted: ") + file);
    }
    if (!fix && !changed.isEmpty()) {
      System.out.println("run ./happo format to rewrite " + changed.size() + " file(s)");
      System.exit(1);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path folder = module.endsWith("tools") ? module : module.resolve("src");
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
          }
        }
      }
    }
    return sources;
  }

  private static String format(Path file, String source) throws FormatterException {
    try {
      String ordered = ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.GOOGLE);
      return FORMATTER.formatSource(RemoveUnusedImports.removeUnusedImports(ordered));
    } catch (FormatterException e) {
      throw new FormatterException(file + " cannot be read as Java: " + e.getMessage());
    }
  }
}
