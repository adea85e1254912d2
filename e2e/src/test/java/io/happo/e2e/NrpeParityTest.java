package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's check_nrpe asks the real NRPE daemon and ours the same, on the same configuration: what
 * it prints and how it exits is the same, or as our row of {@code docs/compatibility.md} says.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NrpeParityTest {
  /** Few enough that two cores answer long before any deadline of the cases. */
  private static final int AT_ONCE = 4;

  private static final int FEWEST_CASES = 70;

  private static final Map<String, String> ENVIRONMENT =
      Map.of("KEPT", "kept", "KEPT_TOO", "kept too", "KEPT_AND_MORE", "more", "DROPPED", "dropped");

  /**
   * The answers to one case.
   *
   * @param real the real daemon's
   * @param ours our daemon's
   */
  private record Answers(Map<String, String> real, Map<String, String> ours) {}

  /** A daemon that is asked. */
  private record Door(int port, AutoCloseable daemon) implements AutoCloseable {
    @Override
    public void close() {
      try {
        daemon.close();
      } catch (Exception e) {
        throw new AssertionError("cannot stop a daemon", e);
      }
    }
  }

  /** The cases of a setup are asked when the first of them is to be judged. */
  private final Map<NrpeSetup, CompletableFuture<Map<NrpeCase, CompletableFuture<Answers>>>>
      played = new EnumMap<>(NrpeSetup.class);

  private final List<NrpeCase> cases = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private NrpeHome home;

  @SuppressWarnings("NullAway.Init")
  private Differences differences;

  @BeforeAll
  void lay_the_configuration(@TempDir Path folder) throws IOException {
    Peer.NRPE.need();
    home = NrpeHome.in(folder);
    cases.addAll(NrpeCase.all());
    differences =
        Differences.read(
            Programs.ROOT.resolve("docs/compatibility.md"), Differences.NRPE, new Mapping("", ""));
  }

  @TestFactory
  Stream<DynamicContainer> check_nrpe_gets_the_same_from_both_daemons() {
    return Stream.of(NrpeSetup.values())
        .map(
            setup ->
                DynamicContainer.dynamicContainer(
                    setup.title(),
                    of(setup).stream()
                        .map(one -> DynamicTest.dynamicTest(one.name(), () -> judge(one)))));
  }

  private List<NrpeCase> of(NrpeSetup setup) {
    return cases.stream().filter(one -> one.setup() == setup).toList();
  }

  private void judge(NrpeCase one) {
    try {
      var answers =
          played
              .computeIfAbsent(
                  one.setup(),
                  setup -> CompletableFuture.supplyAsync(() -> play(setup), Runnable::run))
              .join()
              .getOrDefault(one, CompletableFuture.failedFuture(new AssertionError("not asked")))
              .join();
      var expected = new HashMap<String, Expected>();
      answers.real().forEach((part, text) -> expected.put(part, Expected.exactly(text)));
      Verdict.check(one.name(), answers.ours(), expected, differences.of(one.name()));
    } catch (CompletionException e) {
      throw new AssertionError(one.name() + " was not asked: " + e.getCause(), e);
    }
  }

  /** Starts both daemons, asks both all cases of the setup, and stops them. */
  private Map<NrpeCase, CompletableFuture<Answers>> play(NrpeSetup setup) {
    var answers = new HashMap<NrpeCase, CompletableFuture<Answers>>();
    try (var real = real(setup);
        var ours = ours(setup);
        var askers = Executors.newFixedThreadPool(AT_ONCE)) {
      for (var one : of(setup)) {
        answers.put(
            one, CompletableFuture.supplyAsync(() -> ask(one, real.port(), ours.port()), askers));
      }
      CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
          .exceptionally(told -> null)
          .join();
    }
    return answers;
  }

  private Answers ask(NrpeCase one, int real, int ours) {
    try {
      return new Answers(one.ask(home, real), one.ask(home, ours));
    } catch (IOException e) {
      throw new AssertionError("cannot run check_nrpe", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private Door real(NrpeSetup setup) {
    int port = Ports.free();
    var config = home.config(setup.title() + "-real.cfg", port, setup.lines());
    return new Door(
        port,
        RealNrpe.start(
            folder(setup, "real"), ENVIRONMENT, setup.build(), config, port, setup.realFlags()));
  }

  private Door ours(NrpeSetup setup) {
    int port = Ports.free();
    var config = home.config(setup.title() + "-ours.cfg", port, setup.lines());
    var flags = new ArrayList<>(List.of("--nrpe-config", config.toString()));
    flags.addAll(setup.ourFlags());
    var folder = folder(setup, "ours");
    try {
      TestTls.make(folder); // Quicker than a key pair made by each of the daemons.
    } catch (IOException e) {
      throw new AssertionError("cannot make a key pair in " + folder, e);
    }
    return new Door(port, Daemon.start(folder, ENVIRONMENT, flags));
  }

  private Path folder(NrpeSetup setup, String whose) {
    try {
      return Files.createDirectories(home.folder().resolve("runs/" + setup.title() + "-" + whose));
    } catch (IOException e) {
      throw new AssertionError("cannot make a folder for " + setup, e);
    }
  }

  @Test
  void every_row_of_the_table_of_differences_has_a_case() {
    assertThat(differences.without(cases.stream().map(NrpeCase::name).toList())).isEmpty();
  }

  @Test
  void there_are_enough_cases_and_each_has_a_name_of_its_own() {
    assertThat(cases).hasSizeGreaterThanOrEqualTo(FEWEST_CASES);
    assertThat(cases).extracting(NrpeCase::name).doesNotHaveDuplicates();
    assertThat(cases).extracting(NrpeCase::setup).contains(NrpeSetup.values());
  }
}
