import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Compiles a C source to a library for the Java that runs this: {@code java Native.java SOURCE
 * LIBRARY}. Run by the build with the JDK that the build takes.
 */
final class Native {
  private Native() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var source = Path.of(arguments[0]);
    var library = Path.of(arguments[1]);
    var include = Path.of(System.getProperty("java.home"), "include");
    if (!Files.exists(include.resolve("jni.h"))) {
      fail("there is no " + include.resolve("jni.h") + ": a whole JDK is needed, not a runtime");
    }
    Files.createDirectories(library.getParent());
    // No library of the system is named to it, and so no version of one: see the source.
    var command =
        List.of(
            "cc",
            "-std=c11",
            "-O2",
            "-Wall",
            "-Werror",
            "-fPIC",
            "-shared",
            "-nostdlib",
            "-s",
            "-I" + include,
            "-I" + include.resolve("linux"),
            "-o",
            library.toString(),
            source.toString());
    try {
      int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (exit != 0) {
        fail(source + " does not compile, see above; what it takes is gcc and libc6-dev");
      }
    } catch (IOException e) {
      fail(
          "there is no C compiler: install one that is called cc"
              + " (Debian, Ubuntu: apt-get install gcc libc6-dev; Fedora: dnf install gcc)");
    }
  }

  private static void fail(String reason) {
    System.err.println("happo: " + reason);
    System.exit(1);
  }
}
