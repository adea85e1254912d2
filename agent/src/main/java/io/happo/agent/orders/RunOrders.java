package io.happo.agent.orders;

import io.happo.agent.scheduler.CheckRunner;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.agent.uplink.RunNow;
import io.happo.core.link.Item;
import io.happo.core.link.ToAgent.Run;
import io.happo.core.link.ToHub.RunEnd;
import io.happo.core.plan.Check;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Schedule;
import io.happo.core.plan.Work;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Directory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs at once what the hub wants run, as far as the agent's own settings allow. */
final class RunOrders implements RunNow {
  private static final System.Logger LOG = System.getLogger(RunOrders.class.getName());
  private static final String NAME = "run-now";
  private static final String CANCELLED = "ended on request";

  private final HubMayRun mayRun;
  private final Supplier<Optional<PlanDocument>> plan;
  private final CheckRunner runner;
  private final Path folder;
  private final Supplier<Optional<byte[]>> signer;
  private final InstantSource clock;
  private final Map<String, Running> running = new ConcurrentHashMap<>();

  /** A run that goes on or is about to, and its thread, which is interrupted to end it. */
  private static final class Running {
    /** Held while something is said: an interrupt then would end the connection. */
    private final ReentrantLock speaking = new ReentrantLock();

    private @Nullable Thread thread; // Under the lock, as the next; null before it begins.
    private boolean cancelled;
    private boolean over;

    /** Whether the run may begin, on this thread. */
    boolean begin() {
      speaking.lock();
      try {
        thread = Thread.currentThread();
        return !cancelled;
      } finally {
        speaking.unlock();
      }
    }

    boolean isCancelled() {
      speaking.lock();
      try {
        return cancelled;
      } finally {
        speaking.unlock();
      }
    }

    void say(Consumer<String> output, String text) {
      boolean interrupted = false;
      speaking.lock();
      try {
        interrupted = Thread.interrupted();
        output.accept(text);
      } finally {
        speaking.unlock();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    void cancel() {
      speaking.lock();
      try {
        cancelled = true;
        if (thread != null && !over) {
          thread.interrupt();
        }
      } finally {
        speaking.unlock();
      }
    }

    /** A cancellation that comes from now on is too late. */
    void finish() {
      speaking.lock();
      try {
        over = true;
      } finally {
        speaking.unlock();
      }
      Thread.interrupted();
    }
  }

  /**
   * @param folder for scripts while they run
   * @param signer the hub's public key; empty while none is known
   */
  RunOrders(
      HubMayRun mayRun,
      Supplier<Optional<PlanDocument>> plan,
      CheckRunner runner,
      Path folder,
      Supplier<Optional<byte[]>> signer,
      InstantSource clock) {
    this.mayRun = mayRun;
    this.plan = plan;
    this.runner = runner;
    this.folder = folder;
    this.signer = signer;
    this.clock = clock;
  }

  @Override
  public void expect(String id) {
    running.put(id, new Running());
  }

  @Override
  public RunEnd run(Run run, Consumer<String> output) {
    var present = running.computeIfAbsent(run.id(), _ -> new Running());
    try {
      if (!present.begin()) {
        return cancelled(run);
      }
      var text = run.work().text();
      Consumer<String> heard = words -> present.say(output, words);
      return switch (run.work().kind()) {
        case "check" -> check(run, text, heard);
        case "command" -> command(run, text, heard);
        default -> script(run, text, heard);
      };
    } catch (IOException e) {
      return present.isCancelled() // What it was about to write is closed by that.
          ? cancelled(run)
          : new RunEnd(run.id(), "failed", Optional.empty(), String.valueOf(e.getMessage()));
    } finally {
      running.remove(run.id());
      present.finish();
    }
  }

  private static RunEnd cancelled(Run run) {
    return new RunEnd(run.id(), "cancelled", Optional.empty(), CANCELLED);
  }

  private RunEnd check(Run run, String name, Consumer<String> output) {
    for (var check : plan.get().map(document -> document.plan().checks()).orElse(List.of())) {
      if (check.name().equals(name)) {
        return run(run, new Ordered(check, Optional.empty()), output);
      }
    }
    return refused(run, "this agent's plan has no check '" + name + "'");
  }

  private RunEnd command(Run run, String line, Consumer<String> output) {
    if (!mayRun.allows(HubMayRun.INSTALLED)) {
      return forbidden(run, HubMayRun.INSTALLED);
    }
    try {
      return run(run, new Ordered(check(Work.Plugin.of(line)), Optional.empty()), output);
    } catch (IllegalArgumentException e) {
      return refused(run, "the command " + e.getMessage());
    }
  }

  private RunEnd script(Run run, String text, Consumer<String> output) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var key = signer.get();
    boolean signed =
        key.isPresent() && BundleFolder.isSigned(key.get(), bytes, run.work().signature());
    if (!mayRun.allows(signed ? HubMayRun.BUNDLES : HubMayRun.ANYTHING)) {
      return forbidden(run, signed ? HubMayRun.BUNDLES : HubMayRun.ANYTHING);
    }
    if (!text.startsWith("#!")) {
      return refused(run, "the script's first line does not say what runs it: #!/bin/sh");
    }
    Directory.create(folder);
    var file = Files.createTempFile(folder, "run-", ".script");
    try {
      AtomicFile.write(file, bytes);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      // Which file it is nobody looks at: it is handed over with the check.
      var check = check(new Work.Script(BundleFolder.digest(bytes), List.of()));
      return run(run, new Ordered(check, Optional.of(file)), output);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static Check check(Work work) {
    return new Check(
        NAME,
        work,
        new Schedule.Every(Duration.ofDays(1)),
        Check.DEFAULT_TIMEOUT,
        Check.DEFAULT_RETRY,
        Check.DEFAULT_ATTEMPTS,
        new TreeMap<>());
  }

  /** What is run, and the file of its script where that is no bundle. */
  private record Ordered(Check check, Optional<Path> file) {}

  private RunEnd run(Run run, Ordered ordered, Consumer<String> output) {
    var check = ordered.check();
    var deadline = Duration.ofSeconds(run.deadlineSeconds());
    long begin = clock.millis();
    long beginNanos = System.nanoTime();
    var heard = new Utf8Stream(output);
    LOG.log(Level.INFO, "run={0} begins what={1}", run.id(), check.name());
    var ran = runner.runNow(check, ordered.file(), deadline, heard);
    heard.end();
    if (heard.isSilent() && ran.exit() >= 0) {
      output.accept(ran.output(Item.CheckResult.MAX_OUTPUT)); // Said to stderr alone.
    }
    long millis = (System.nanoTime() - beginNanos) / 1_000_000;
    boolean cancelled = Thread.interrupted();
    boolean timedOut = !cancelled && ran.exit() < 0 && millis >= deadline.toMillis();
    var result =
        new Item.CheckResult(
            check.name(),
            begin,
            millis,
            ran.status(),
            ran.exit(),
            ran.output(Item.CheckResult.MAX_OUTPUT),
            "");
    return new RunEnd(
        run.id(),
        cancelled ? "cancelled" : timedOut ? "timeout" : "exited",
        Optional.of(result),
        cancelled
            ? CANCELLED
            : ran.exit() < 0 ? firstLine(ran.output(Item.CheckResult.MAX_OUTPUT)) : "");
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private static RunEnd refused(Run run, String why) {
    return new RunEnd(run.id(), "refused", Optional.empty(), why);
  }

  private RunEnd forbidden(Run run, HubMayRun needed) {
    return refused(
        run,
        "this agent's own settings forbid it: --hub-may-run is "
            + mayRun.word()
            + ", this takes "
            + needed.word());
  }

  @Override
  public void cancel(String id) {
    var present = running.get(id);
    if (present != null) {
      // Who wants it does not wait until the hub has heard what is being said.
      Thread.ofVirtual().name("happo-run-cancel").start(present::cancel);
    }
  }
}
