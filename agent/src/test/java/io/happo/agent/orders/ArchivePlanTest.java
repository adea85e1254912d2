package io.happo.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.scheduler.CheckRunner;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.agent.scheduler.PlanFile;
import io.happo.core.Sha256;
import io.happo.core.link.ToHub.PlanStatus;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.Check;
import io.happo.core.plan.Plan;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Schedule;
import io.happo.core.plan.Work;
import io.happo.program.keys.SigningKey;
import io.happo.program.schedule.Ran;
import io.happo.program.schedule.Scheduler;
import io.happo.program.schedule.SchedulerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plans with archives, from the hub's word to what a check says. */
@Timeout(60)
class ArchivePlanTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

  @TempDir Path folder;
  private final Exec exec = new Exec(ExecSettings.withDefaults(ENVIRONMENT));
  private final Map<String, byte[]> hub = new HashMap<>();
  private BundleFolder bundles;
  private CheckRunner runner;
  private Scheduler scheduler;
  private SigningKey key;

  @BeforeEach
  void open() throws IOException {
    key = SigningKey.open(folder.resolve("signing.key"));
    bundles = new BundleFolder(folder.resolve("bundles"));
    runner = new CheckRunner(exec, new PluginPaths(List.of(folder)), bundles, ENVIRONMENT);
    scheduler =
        new Scheduler(
            new SchedulerSettings("agent", 4, ZoneId.of("UTC")),
            runner,
            item -> {},
            InstantSource.system(),
            System::nanoTime);
  }

  @AfterEach
  void close() {
    scheduler.close();
    exec.close();
  }

  private PlanOrders orders(HubMayRun mayRun) {
    return new PlanOrders(
        mayRun,
        new PlanFile(folder.resolve("plan.json")),
        bundles,
        digest -> {
          var bytes = hub.get(digest);
          if (bytes == null) {
            throw new IOException("bundle " + digest + ": the hub answered 404");
          }
          return bytes;
        },
        () -> Optional.of(Base64.getDecoder().decode(key.publicKey())),
        scheduler,
        _ -> {});
  }

  private Bundle bundle(String name, byte[] bytes) {
    hub.put(Sha256.of(bytes), bytes);
    return new Bundle(
        Sha256.of(bytes),
        name,
        Bundle.Kind.ARCHIVE,
        bytes.length,
        Base64.getEncoder().encodeToString(key.sign(bytes)));
  }

  private static Check check(String name, Bundle bundle, String file, String... arguments) {
    return new Check(
        name,
        new Work.Packed(bundle.sha256(), file, List.of(arguments)),
        new Schedule.Every(Duration.ofHours(1)),
        Check.DEFAULT_TIMEOUT,
        Check.DEFAULT_RETRY,
        1,
        new TreeMap<>(Map.of("WHO", "me")));
  }

  private static PlanStatus apply(PlanOrders orders, List<Check> checks, Bundle... bundles) {
    var document = PlanDocument.of(new Plan(checks, List.of(bundles)));
    return orders.apply(document.hash(), document.text());
  }

  @Test
  void a_plugin_of_an_archive_runs_in_its_folder_with_what_lies_beside_it() {
    var archive =
        bundle(
            "tools",
            BundleFolderTest.pack(
                Map.of(
                    "bin/check_x",
                    "#!/bin/sh\n. ./lib/words.sh\necho \"OK - $hello $1 $WHO $(pwd)\"; exit 1\n",
                    "lib/words.sh",
                    "hello=hello\n")));
    var check = check("x", archive, "bin/check_x", "a b");
    assertThat(runner.run(check).orElseThrow().output())
        .contains("has not been fetched from the hub yet");
    var orders = orders(HubMayRun.BUNDLES);
    assertThat(apply(orders, List.of(check), archive).problems()).isEmpty();
    var files = bundles.archive(archive.sha256()).orElseThrow().toAbsolutePath();
    assertThat(runner.run(check).orElseThrow())
        .isEqualTo(new Ran(1, 1, "OK - hello a b me " + files + "\n"));
    assertThat(orders.hash()).isNotEmpty();
    // Another plan that needs it no more.
    assertThat(apply(orders, List.of()).applied()).isTrue();
    assertThat(files).doesNotExist();
  }

  @Test
  void a_plan_with_archives_is_refused_with_reasons_where_the_machine_forbids_them() {
    var archive = bundle("tools", BundleFolderTest.pack(Map.of("check_x", "#!/bin/sh\n")));
    var status =
        apply(orders(HubMayRun.INSTALLED), List.of(check("x", archive, "check_x")), archive);
    assertThat(status.applied()).isFalse();
    assertThat(status.problems())
        .containsExactly(
            "bundle tools: needs hub-may-run bundles; the settings of this agent say installed",
            "x.archive: needs hub-may-run bundles; the settings of this agent say installed");
    var unsigned = new Bundle(archive.sha256(), "tools", Bundle.Kind.ARCHIVE, archive.size(), "");
    assertThat(
            apply(orders(HubMayRun.BUNDLES), List.of(check("x", archive, "check_x")), unsigned)
                .problems())
        .allMatch(problem -> problem.contains("is not signed, and needs hub-may-run anything"));
    assertThat(folder.resolve("bundles")).doesNotExist();
    assertThat(
            apply(orders(HubMayRun.ANYTHING), List.of(check("x", archive, "check_x")), unsigned)
                .applied())
        .isTrue();
  }

  @Test
  void all_that_is_wrong_with_archives_is_told_at_once_and_the_old_plan_stays() {
    var good = bundle("good", BundleFolderTest.pack(Map.of("check_x", "#!/bin/sh\n")));
    var orders = orders(HubMayRun.BUNDLES);
    assertThat(apply(orders, List.of(check("x", good, "check_x")), good).applied()).isTrue();
    var before = orders.hash();
    var bad = bundle("bad", BundleFolderTest.pack(Map.of("../x", "1", "/y", "2")));
    var none = bundle("none", new byte[] {1});
    var checks =
        List.of(
            check("a", good, "check_y"), check("b", bad, "check_x"), check("c", none, "check_x"));
    var status = apply(orders, checks, good, bad, none);
    assertThat(status.applied()).isFalse();
    assertThat(status.problems())
        .containsExactlyInAnyOrder(
            "a.file: 'check_y' is no file of its archive",
            "bundle bad: '../x' is no path of a file in an archive: it has a part that is '..'",
            "bundle bad: '/y' is no path of a file in an archive: it begins at the root of the"
                + " disk",
            "bundle none: is no ZIP, or not a whole one");
    assertThat(orders.hash()).isEqualTo(before);
    assertThat(orders.mayPass()).isFalse();
    assertThat(bundles.digests()).containsExactly(good.sha256());
  }

  @Test
  void what_may_pass_is_said_to_be_worth_another_try() {
    var archive = bundle("tools", BundleFolderTest.pack(Map.of("check_x", "#!/bin/sh\n")));
    hub.clear();
    var orders = orders(HubMayRun.BUNDLES);
    var status = apply(orders, List.of(check("x", archive, "check_x")), archive);
    assertThat(status.problems()).singleElement().asString().contains("404");
    assertThat(orders.mayPass()).isTrue();
  }

  @Test
  void a_plan_whose_archive_was_changed_meanwhile_waits_for_the_hub() throws Exception {
    var archive = bundle("tools", BundleFolderTest.pack(Map.of("check_x", "#!/bin/sh\n")));
    var checks = new ArrayList<>(List.of(check("x", archive, "check_x")));
    assertThat(apply(orders(HubMayRun.BUNDLES), checks, archive).applied()).isTrue();
    var again = orders(HubMayRun.BUNDLES);
    again.resume();
    assertThat(again.hash()).isNotEmpty();
    var file = bundles.archive(archive.sha256()).orElseThrow().resolve("check_x");
    Files.writeString(file, "#!/bin/sh\nid\n");
    var changed = orders(HubMayRun.BUNDLES);
    changed.resume();
    assertThat(changed.hash()).isEmpty();
    assertThat(apply(changed, checks, archive).applied()).isTrue();
    assertThat(file).hasContent("#!/bin/sh\n");
  }
}
