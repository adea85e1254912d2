package io.happo.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Puts the distribution together: for each {@link Product} its folder in {@code target/} and {@code
 * target/<name>-<version>-<platform>.tar.gz}.
 *
 * <p>Enters: the root of the sources, the version, what Maven left in the {@code target/} of each
 * product's module ({@code dependencies/}: the jars that ship, {@code native/}: libraries of our
 * own) and in ours ({@code third-party.txt}: their licences). Runs on the JDK whose runtime is
 * shipped. A step that fails ends the build with its reason.
 */
final class Assemble {
  private static final String PLATFORM = "linux-x86_64";

  private final Path root;
  private final Path module;
  private final Path target;
  private final Product product;
  private final Path home;

  private Assemble(Path root, Product product) {
    this.root = root;
    this.module = root.resolve("dist");
    this.target = module.resolve("target");
    this.product = product;
    this.home = target.resolve(product.name());
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    for (Product product : Product.ALL) {
      new Assemble(Path.of(arguments[0]), product).run(arguments[1]);
    }
  }

  private void run(String version) throws IOException, InterruptedException {
    delete(home);
    Path lib = Files.createDirectories(home.resolve("lib"));
    List<String> jars = copyJars(lib);
    copyNative(lib);
    Path runtime = home.resolve("runtime");
    Runtimes.link(runtime, product);
    copyFiles();
    generateDocs();
    for (Program program : product.programs()) {
      writeLauncher(program, jars);
    }
    if (product.trained()) {
      new Training(home, target.resolve(Product.HUB.name()), target.resolve("training")).run();
    }
    Runtimes.dropTools(runtime);
    Path archive = target.resolve(product.name() + "-" + version + "-" + PLATFORM + ".tar.gz");
    Command.run(
        target,
        List.of(
            "tar",
            "--owner=0",
            "--group=0",
            "--sort=name",
            "-I",
            compressor(),
            "-cf",
            archive.toString(),
            product.name()));
    System.out.printf("[dist] %s, %.1f MB%n", root.relativize(archive), Files.size(archive) / 1e6);
  }

  /** The format is gzip's either way, which every system unpacks. */
  private static String compressor() {
    if (Files.isExecutable(Path.of("/usr/bin/libdeflate-gzip"))) {
      return "libdeflate-gzip -12";
    }
    System.out.println(
        "[dist] no /usr/bin/libdeflate-gzip: the archive is a thirtieth larger; install"
            + " libdeflate-tools");
    return "gzip -9";
  }

  /** Copies what ships, native libraries out of their jars; returns the class path. */
  private List<String> copyJars(Path lib) throws IOException {
    List<String> jars = new ArrayList<>();
    Path built = root.resolve(product.module()).resolve("target");
    try (Stream<Path> own = Files.list(built);
        Stream<Path> others = Files.list(built.resolve("dependencies"))) {
      Stream<Path> files =
          Stream.concat(own.filter(file -> file.toString().matches(".*(?<!-tests)\\.jar")), others);
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith("-" + PLATFORM + ".jar")) {
          unpackNative(file, lib);
        } else if (!name.matches(".*-(linux|osx|windows)-\\w+\\.jar")) {
          Files.copy(file, lib.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
          jars.add(name);
        }
      }
    }
    return Collections.unmodifiableList(jars);
  }

  /** Copies the libraries that the product's module has compiled. */
  private void copyNative(Path lib) throws IOException {
    Path built = root.resolve(product.module()).resolve("target/native");
    if (Files.isDirectory(built)) {
      try (Stream<Path> files = Files.list(built)) {
        for (Path file : files.toList()) {
          Files.copy(file, lib.resolve(file.getFileName()));
        }
      }
    }
  }

  /**
   * Native code lies in {@code lib/} ready to be loaded: taken from a jar, it would be written to
   * the temporary folder at each start, which costs time and fails where that folder is mounted
   * noexec. Licences go to {@code legal/}.
   */
  private void unpackNative(Path jar, Path lib) throws IOException {
    Path legal = home.resolve("legal").resolve(jar.getFileName().toString().replace(".jar", ""));
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName();
        String file = name.substring(name.lastIndexOf('/') + 1);
        if (name.startsWith("META-INF/native/") && name.endsWith(".so")) {
          unpack(zip, entry, lib.resolve(file));
        } else if (name.matches("META-INF/(license/.+|LICENSE.*|NOTICE.*)")) {
          unpack(zip, entry, legal.resolve(file));
        }
      }
    }
  }

  private static void unpack(ZipFile zip, ZipEntry entry, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (InputStream in = zip.getInputStream(entry)) {
      Files.copy(in, file);
    }
  }

  private void copyFiles() throws IOException {
    Files.copy(root.resolve("LICENSE"), home.resolve("LICENSE"));
    String shipped =
        """

        This distribution carries the software below, each under the licence named before it. Their own licence and
        notice files are in the jars, in legal/ and in runtime/legal/.

             (GPL-2.0 with Classpath Exception) OpenJDK %s (https://openjdk.org/)
        """
            .formatted(Runtime.version());
    Files.writeString(
        home.resolve("NOTICE"), Files.readString(root.resolve("NOTICE")) + shipped + thirdParty());
    Path units = Files.createDirectories(home.resolve("share/systemd"));
    try (Stream<Path> files = Files.list(module.resolve("src/main/files/systemd"))) {
      for (Path file : files.filter(this::isOurs).toList()) {
        Files.copy(file, units.resolve(file.getFileName()));
      }
    }
  }

  private boolean isOurs(Path unit) {
    return unit.getFileName().toString().startsWith("happo-" + product.module());
  }

  /** Manual pages, completion and the sample environment, which the programs' tables write. */
  private void generateDocs() throws IOException, InterruptedException {
    Path docs = target.resolve("docs-" + product.name());
    delete(docs);
    Command.run(
        target,
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-cp",
            home.resolve("lib") + "/*",
            product.docs(),
            "package",
            docs.toString()));
    Path completion = home.resolve("share/bash-completion");
    Files.createDirectories(completion);
    Files.move(docs.resolve("man"), home.resolve("share/man"));
    Files.move(docs.resolve("bash-completion"), completion.resolve("completions"));
    String sample = "happo-" + product.module() + ".env";
    if (Files.exists(docs.resolve(sample))) { // Only daemons have one.
      Files.createDirectories(home.resolve("etc"));
      Files.move(docs.resolve(sample), home.resolve("etc").resolve(sample));
    }
  }

  /** The lines of licence, name and version, without our own modules. */
  private String thirdParty() throws IOException {
    try (Stream<String> lines = Files.lines(target.resolve("third-party.txt"))) {
      return lines
          .filter(line -> line.startsWith("     (") && !line.contains("(io.happo:"))
          .map(line -> line + "\n")
          .collect(Collectors.joining());
    }
  }

  private void writeLauncher(Program program, List<String> jars) throws IOException {
    String template = Files.readString(module.resolve("src/main/launcher/launcher.sh"));
    Path launcher = home.resolve("bin").resolve(program.name());
    Files.createDirectories(launcher.getParent());
    Files.writeString(launcher, program.launcher(template, jars));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
