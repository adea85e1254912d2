package io.happo.dist;

import java.util.List;

/**
 * What is downloaded and unpacked as one: programs with a runtime of their own.
 *
 * @param name of the folder, and what the archive's name begins with
 * @param module whose jar and libraries it holds
 * @param programs with a launcher each
 * @param runtime modules of the JDK
 * @param docs class that writes manual pages, completion and the sample environment
 * @param trained whether its programs have a cache of classes, from {@link Training}
 */
record Product(
    String name,
    String module,
    List<Program> programs,
    List<String> runtime,
    String docs,
    boolean trained) {
  /**
   * The agent's: jdk.net has TCP_QUICKACK, jdk.jfr writes the CPU profile that {@code
   * --cpu-profile} asks for, jdk.unsupported has the signals. DistributionTest compares this with
   * what the jars use.
   */
  static final Product AGENT =
      new Product(
          "happo",
          "agent",
          List.of(Program.AGENT, Program.CHECK),
          List.of("java.base", "jdk.jfr", "jdk.net", "jdk.unsupported"),
          "io.happo.agent.cli.GenerateDocs",
          true);

  /** The hub's: beside the agent's what the drivers of the databases take. */
  static final Product HUB =
      new Product(
          "happo-hub",
          "hub",
          List.of(Program.HUB),
          List.of(
              "java.base",
              "java.logging",
              "java.management",
              "java.naming",
              "java.net.http",
              "java.sql",
              "java.xml",
              "jdk.jfr",
              "jdk.net",
              "jdk.unsupported"),
          "io.happo.hub.cli.GenerateDocs",
          false);

  /** What the SDK of AWS takes, which is more than the agent's runtime has. */
  static final Product AWS =
      new Product(
          "happo-aws",
          "aws",
          List.of(Program.AWS),
          List.of("java.base", "java.logging", "java.xml", "jdk.unsupported"),
          "io.happo.aws.GenerateDocs",
          false);

  /** In this order: the agent's training needs a hub. */
  static final List<Product> ALL = List.of(HUB, AGENT, AWS);
}
