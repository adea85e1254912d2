import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.resolve.DirectoryCodeResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Makes classes of the hub's templates: {@code Pages TEMPLATES SCRATCH CLASSES CLASSPATH}. Run by
 * the build with the JDK that the build takes, as a single source file, with JTE on the path; JTE's
 * own Maven plugin compiles with the JDK that Maven runs on, and brings a compiler for Kotlin.
 */
final class Pages {
  private static final String PACKAGE = "io.happo.hub.web";

  private Pages() {}

  public static void main(String[] arguments) throws IOException {
    Path scratch = Path.of(arguments[1]); // JTE empties the package's folder in it.
    Path classes = Path.of(arguments[2]);
    TemplateEngine engine =
        TemplateEngine.create(
            new DirectoryCodeResolver(Path.of(arguments[0])),
            scratch,
            ContentType.Html,
            null,
            PACKAGE);
    engine.setTrimControlStructures(true);
    engine.precompileAll(List.of(arguments[3].split(":")));
    Path made = scratch.resolve(PACKAGE.replace('.', '/'));
    try (var files = Files.list(made)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        Files.copy(
            file, classes.resolve(scratch.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
