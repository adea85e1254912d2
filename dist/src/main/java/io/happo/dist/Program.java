package io.happo.dist;

import java.util.ArrayList;
import java.util.List;

/**
 * A program of the distribution: what its launcher starts and with which JVM flags.
 *
 * @param name of the launcher in {@code bin/}, and of the process as {@code ps} and {@code pgrep}
 *     show it
 * @param mainClass what the launcher starts
 * @param flags of this program
 * @param hasCache whether there is a {@link #cacheFile}
 * @param mallocArenas of the C library: several cost megabytes and bring a small program nothing
 */
record Program(
    String name, String mainClass, List<String> flags, boolean hasCache, int mallocArenas) {
  /**
   * Memory and start time of both programs of the agent; measured, see
   * docs/decisions/010-packaging.md.
   */
  private static final List<String> COMMON_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:CICompilerCount=1",
          "-XX:+UseCompactObjectHeaders",
          "-XX:ReservedCodeCacheSize=16m",
          "-XX:-UsePerfData",
          // The cache is mapped where it was made for, so its pages stay those of the file; and it
          // carries no profiles
          // for a compiler that is not used.
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          "-XX:-AOTRecordTraining",
          "-XX:-AOTReplayTraining",
          // A compilation that wants more than this is not worth it: one of the JDK's takes 6.6 MB.
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=MemLimit,*.*,1M~stop",
          // But interpreted, this one makes the key pair of a first start cost a second of CPU
          // time.
          "-XX:CompileCommand=MemLimit,sun.security.util.math.intpoly.MontgomeryIntegerPolynomialP256::mult,2M~stop",
          // The only one there is; to look for others takes 10 ms.
          "-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider",
          "-Xss256k",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          // Bytes of plugins and arguments are UTF-8 whatever the locale of a cron job or unit
          // says.
          "-Dstdout.encoding=UTF-8",
          "-Dstderr.encoding=UTF-8",
          // Nothing the JVM has to say may stand in a plugin result; only its errors, and on
          // stderr. That a cache is
          // missing or stale is none: the program starts without it, only later.
          "-Xlog:disable",
          "-Xlog:all=error,aot*=off,cds*=off:stderr",
          "-XX:-PrintWarnings",
          "-XX:+DisplayVMOutputToStderr");

  static final Program AGENT =
      light(
          "happo-agent",
          "io.happo.agent.HappoAgent",
          List.of(
              "-Xms4m",
              "-Xmx96m",
              // Room for what is under way when the young generation is full: what had to leave for
              // the old one would stay there until the whole heap is.
              "-Xmn2m",
              "-XX:SurvivorRatio=2",
              "-XX:MaxMetaspaceSize=48m",
              // One thread looks which sockets are ready. Where virtual threads do, each wakes
              // twice.
              "-Djdk.pollerMode=1",
              "-XX:TrimNativeHeapInterval=5000",
              "-XX:MinHeapFreeRatio=20",
              "-XX:MaxHeapFreeRatio=40",
              // Out of memory leaves threads dead in unknown places: better a new process at once.
              "-XX:+ExitOnOutOfMemoryError"));

  static final Program CHECK =
      light("check_happo", "io.happo.agent.CheckHappo", List.of("-Xms4m", "-Xmx256m", "-Xmn2m"));

  /** For many connections, and short pauses; memory follows the number of agents. */
  static final Program HUB =
      new Program(
          "happo-hub",
          "io.happo.hub.HappoHub",
          List.of(
              "-XX:+UseG1GC",
              "-XX:+UseCompactObjectHeaders",
              "-XX:MaxRAMPercentage=50",
              // Of the machine's memory would follow 8 MB and more, of which a small heap has few.
              "-XX:G1HeapRegionSize=2m",
              // What a burst took is given back, and the heap is looked at when nothing happens.
              "-XX:G1PeriodicGCInterval=15000",
              "-XX:MinHeapFreeRatio=10",
              "-XX:MaxHeapFreeRatio=25",
              "-XX:TrimNativeHeapInterval=5000",
              "-XX:+ExitOnOutOfMemoryError",
              "-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider",
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-Dstdout.encoding=UTF-8",
              "-Dstderr.encoding=UTF-8"),
          false,
          4);

  /** For one question, and gone. */
  static final Program AWS =
      new Program(
          "happo-aws",
          "io.happo.aws.HappoAws",
          List.of(
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-XX:-UsePerfData",
              "-Xss512k",
              "-Xmx96m",
              // Standard output is for the answer alone.
              "-Xlog:disable",
              "-Xlog:all=error:stderr",
              "-XX:-PrintWarnings",
              "-Dstdout.encoding=UTF-8",
              "-Dstderr.encoding=UTF-8"),
          false,
          1);

  private static Program light(String name, String mainClass, List<String> flags) {
    List<String> all = new ArrayList<>(COMMON_FLAGS);
    all.addAll(flags);
    return new Program(name, mainClass, all, true, 1);
  }

  /** File in {@code lib/} that holds this program's classes, loaded and linked ahead of time. */
  String cacheFile() {
    return name + ".aot";
  }

  /**
   * The launcher's text.
   *
   * @param template text with {@code @PROGRAM@}, {@code @ARENAS@}, {@code @FLAGS@},
   *     {@code @CLASS_PATH@} and {@code @MAIN_CLASS@}
   * @param jars names of the files in {@code lib/}, in the order of the class path
   */
  String launcher(String template, List<String> jars) {
    String cache = hasCache ? " \"-XX:AOTCache=$home/lib/" + cacheFile() + "\"" : "";
    return template
        .replace("@PROGRAM@", name)
        .replace("@FLAGS@", String.join(" ", flags) + cache + " \"-Djava.library.path=$home/lib\"")
        .replace("@ARENAS@", Integer.toString(mallocArenas))
        .replace("@CLASS_PATH@", "$home/lib/" + String.join(":$home/lib/", jars))
        .replace("@MAIN_CLASS@", mainClass);
  }
}
