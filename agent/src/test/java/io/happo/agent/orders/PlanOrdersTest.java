package io.happo.agent.orders;

import static io.happo.agent.orders.Orders.apply;
import static io.happo.agent.orders.Orders.builtin;
import static io.happo.agent.orders.Orders.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.scheduler.Checks;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.core.Sha256;
import io.happo.core.link.ToHub.PlanStatus;
import io.happo.core.plan.Collector;
import io.happo.core.plan.Plan;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which plans are put into effect, and what they bring onto the disk. */
class PlanOrdersTest {
  private static final String SCRIPT = "#!/bin/sh\necho ok\n";

  @TempDir Path folder;
  private Orders orders;
  private PlanOrders plans;

  @BeforeEach
  void start() throws IOException {
    orders = new Orders(folder);
    plans = orders.plans(HubMayRun.BUNDLES);
  }

  @AfterEach
  void stop() {
    orders.close();
  }

  /** Nothing has come of a plan: the one before is in effect, and its bundles are all there are. */
  private void assertFailed(PlanStatus status, Optional<PlanDocument> before) {
    assertThat(status.applied()).isFalse();
    assertThat(status.problems()).isNotEmpty();
    assertThat(plans.plan()).isEqualTo(before);
    assertThat(plans.hash()).isEqualTo(before.map(PlanDocument::hash).orElse(""));
    assertThat(orders.scheduled())
        .isEqualTo(before.map(document -> document.plan().checks().size()).orElse(0));
    assertThat(plans.bundles())
        .hasSize(before.map(document -> document.plan().bundles().size()).orElse(0));
    if (before.isPresent()) {
      assertThat(folder.resolve("plan.json")).hasContent(before.get().text());
    } else {
      assertThat(folder.resolve("plan.json")).doesNotExist();
    }
  }

  @Test
  void its_collectors_are_kept_running_also_after_a_restart_but_where_that_is_forbidden()
      throws IOException {
    var collector =
        new Collector(
            "c",
            List.of("collectd", "-f"),
            List.of(),
            new TreeMap<>(),
            new TreeMap<>(),
            0,
            List.of(),
            Collector.DEFAULT_SCRAPE);
    var document = PlanDocument.of(new Plan(List.of(), List.of(), List.of(), List.of(collector)));
    assertThat(apply(orders.plans(HubMayRun.INSTALLED), document).problems())
        .containsExactly(
            "collector c: needs hub-may-run bundles; the settings of this agent say installed");
    assertThat(orders.collectors).isEmpty();
    assertThat(apply(plans, document).applied()).isTrue();
    assertThat(orders.collectors).containsExactly(collector);
    orders.plans(HubMayRun.BUNDLES).resume();
    assertThat(orders.collectors).containsExactly(collector, collector);
    orders.plans(HubMayRun.BUILTIN).resume();
    assertThat(orders.collectors).hasSize(2);
  }

  @Test
  void a_plan_is_kept_and_run_with_what_it_takes() throws IOException {
    assertThat(plans.hash()).isEmpty();
    var bundle = orders.bundle("look.sh", SCRIPT);
    var document = plan(bundle);
    assertThat(apply(plans, document)).isEqualTo(new PlanStatus(document.hash(), true, List.of()));
    assertThat(plans.hash()).isEqualTo(document.hash());
    assertThat(plans.bundles()).containsExactly(bundle.sha256());
    assertThat(orders.scheduled()).isEqualTo(1);
    assertThat(folder.resolve("plan.json")).hasContent(document.text());
    var file = orders.bundles.script(bundle.sha256()).orElseThrow();
    assertThat(file).hasContent(SCRIPT).hasFileName("look.sh");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rwx------");

    apply(plans, plan(bundle, orders.bundle("more.sh", SCRIPT + "#")));
    assertThat(orders.fetched).as("what is here is not fetched again").isEqualTo(2);
  }

  @Test
  void a_plan_of_before_is_run_at_the_next_start() throws IOException {
    var document = plan(orders.bundle("look.sh", SCRIPT), orders.bundle("b.sh", SCRIPT + "b"));
    apply(plans, document);
    try (var later = new Orders(folder)) {
      var again = later.plans(HubMayRun.BUNDLES);
      again.resume();
      assertThat(again.hash()).isEqualTo(document.hash());
      assertThat(later.scheduled()).isEqualTo(2);
      assertThat(later.fetched).isZero();
    }
  }

  @Test
  void without_a_plan_nothing_is_run_at_a_start() throws IOException {
    plans.resume();
    assertThat(plans.plan()).isEmpty();
    assertThat(orders.scheduled()).isZero();
  }

  @Test
  void a_document_that_is_not_what_was_said_is_not_applied() {
    var document = plan(builtin("a"));
    assertThat(apply(plans, document).applied()).isTrue();
    var before = Optional.of(document);
    assertFailed(plans.apply("0".repeat(64), plan(builtin("b")).text()), before);
    assertFailed(plans.apply(Sha256.of("{"), "{"), before);
    assertFailed(plans.apply(Sha256.of("{\"version\":99}"), "{\"version\":99}"), before);
  }

  @ParameterizedTest
  @CsvSource({
    "BUILTIN,   builtin,  true",
    "BUILTIN,   plugin,   false",
    "BUILTIN,   signed,   false",
    "BUILTIN,   unsigned, false",
    "INSTALLED, builtin,  true",
    "INSTALLED, plugin,   true",
    "INSTALLED, signed,   false",
    "INSTALLED, unsigned, false",
    "BUNDLES,   plugin,   true",
    "BUNDLES,   signed,   true",
    "BUNDLES,   unsigned, false",
    "BUNDLES,   strange,  false",
    "ANYTHING,  signed,   true",
    "ANYTHING,  unsigned, true",
    "ANYTHING,  strange,  true"
  })
  void the_agents_own_settings_say_what_a_plan_may_hold(
      HubMayRun mayRun, String what, boolean allowed) {
    plans = orders.plans(mayRun);
    var document =
        switch (what) {
          case "builtin" -> plan(builtin("a"));
          case "plugin" -> plan(Checks.running("a", Work.Plugin.of("check_a")));
          case "signed" -> plan(orders.bundle("a", SCRIPT));
          case "unsigned" -> plan(orders.bundle("a", SCRIPT, ""));
          default -> plan(orders.bundle("a", SCRIPT, orders.stranger.sign(SCRIPT)));
        };
    var status = apply(plans, document);
    if (allowed) {
      assertThat(status.applied()).as("%s", status.problems()).isTrue();
      assertThat(plans.refused()).isEmpty();
    } else {
      assertThat(plans.refused()).startsWith(status.problems().getFirst());
      assertFailed(status, Optional.empty());
    }
  }

  @Test
  void of_a_plan_with_one_bad_bundle_nothing_is_taken() {
    var old = plan(orders.bundle("old.sh", SCRIPT + "old"));
    assertThat(apply(plans, old).applied()).isTrue();
    var before = Optional.of(old);

    var signature = orders.hub.sign("another text");
    var status = apply(plans, plan(orders.bundle("bad.sh", SCRIPT, signature)));
    assertFailed(status, before);
    assertThat(status.problems()).containsExactly("the bundle bad.sh is not signed by the hub");

    var other = orders.bundle("other.sh", SCRIPT + "other");
    orders.served.put(other.sha256(), "#!/bin/sh\nrm -rf /\n".getBytes(StandardCharsets.UTF_8));
    status = apply(plans, plan(other));
    assertFailed(status, before);
    assertThat(status.problems())
        .containsExactly("the bundle other.sh came with other bytes than its digest says");

    orders.served.remove(other.sha256());
    status = apply(plans, plan(other));
    assertFailed(status, before);
    assertThat(status.problems()).singleElement().asString().endsWith("the hub answered 404");

    orders.signer = Optional.empty();
    status = apply(plans, plan(orders.bundle("new.sh", SCRIPT)));
    assertFailed(status, before);
    assertThat(status.problems()).singleElement().asString().contains("join again");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../evil",
        "/etc/evil",
        "..",
        ".",
        "a/b",
        "a\\\\b",
        ".hidden",
        "-rf",
        "",
        "a\\u0000b"
      })
  void a_bundle_has_no_name_that_leads_elsewhere(String name) {
    var document = plan(orders.bundle("NAME", SCRIPT)).text().replace("NAME", name);
    assertFailed(plans.apply(Sha256.of(document), document), Optional.empty());
    assertThat(folder.resolve("bundles")).doesNotExist();
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  void a_digest_that_leads_elsewhere_is_none() throws IOException {
    var bundle = orders.bundle("a.sh", SCRIPT);
    var document = plan(bundle).text().replace(bundle.sha256(), "../plugins");
    orders.plugin("a.sh", "echo");
    assertFailed(plans.apply(Sha256.of(document), document), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bin/sh", "../check_x", "..", "a/b", "-c"})
  void a_plugin_has_no_name_that_leads_elsewhere(String name) {
    var document = plan(Checks.running("a", Work.Plugin.of("check_x"))).text();
    var wrong = document.replace("check_x", name);
    assertThat(wrong).isNotEqualTo(document);
    assertFailed(plans.apply(Sha256.of(wrong), wrong), Optional.empty());
  }

  @Test
  void bundles_that_no_check_needs_any_more_are_removed() {
    var first = orders.bundle("first.sh", SCRIPT + "1");
    var second = orders.bundle("second.sh", SCRIPT + "2");
    apply(plans, plan(first, second));
    assertThat(plans.bundles()).containsExactlyInAnyOrder(first.sha256(), second.sha256());
    apply(plans, plan(second));
    assertThat(plans.bundles()).containsExactly(second.sha256());
    assertThat(folder.resolve("bundles").resolve(first.sha256())).doesNotExist();
    assertThat(folder.resolve("bundles").resolve(second.sha256())).exists();
    apply(plans, plan(builtin("a")));
    assertThat(folder.resolve("bundles")).isEmptyDirectory();
  }

  @Test
  void settings_that_allow_less_than_before_end_what_they_forbid() throws IOException {
    apply(plans, plan(orders.bundle("look.sh", SCRIPT)));
    try (var later = new Orders(folder)) {
      var again = later.plans(HubMayRun.INSTALLED);
      again.resume();
      assertThat(again.plan()).isEmpty();
      assertThat(again.refused()).isNotEmpty();
      assertThat(again.hash()).as("so that the hub sends another one").isEmpty();
      assertThat(later.scheduled()).isZero();
    }
  }

  @Test
  void a_script_that_came_when_anything_was_allowed_needs_a_signature_now() throws IOException {
    var strange = orders.bundle("a.sh", SCRIPT, orders.stranger.sign(SCRIPT));
    assertThat(apply(orders.plans(HubMayRun.ANYTHING), plan(strange)).applied()).isTrue();
    try (var later = new Orders(folder)) {
      var again = later.plans(HubMayRun.BUNDLES);
      again.resume();
      assertThat(again.plan()).isEmpty();
      assertThat(later.scheduled()).isZero();
      later.bundle("a.sh", SCRIPT);
      assertThat(apply(again, plan(strange)).applied()).isFalse();
      assertThat(apply(again, plan(later.bundle("a.sh", SCRIPT))).applied()).isTrue();
    }
  }

  @Test
  void a_script_that_was_changed_on_the_disk_is_not_run_but_fetched_again() throws IOException {
    var bundle = orders.bundle("a.sh", SCRIPT);
    apply(plans, plan(bundle));
    var file = orders.bundles.script(bundle.sha256()).orElseThrow();
    Files.writeString(file, "#!/bin/sh\necho other\n");
    try (var later = new Orders(folder)) {
      later.bundle("a.sh", SCRIPT);
      var again = later.plans(HubMayRun.BUNDLES);
      again.resume();
      assertThat(later.scheduled()).isZero();
      assertThat(apply(again, plan(bundle)).applied()).isTrue();
      assertThat(file).hasContent(SCRIPT);
    }
  }

  @Test
  void what_was_left_half_fetched_is_fetched_again() throws IOException {
    var bundle = orders.bundle("a.sh", SCRIPT);
    var home = Files.createDirectories(folder.resolve("bundles").resolve(bundle.sha256()));
    Files.writeString(home.resolve(".a.sh.123.tmp"), "#!/bi");
    Files.writeString(home.resolve("a.sh"), SCRIPT); // Not executable yet.
    assertThat(plans.bundles()).isEmpty();
    assertThat(apply(plans, plan(bundle)).applied()).isTrue();
    assertThat(orders.bundles.script(bundle.sha256())).isPresent();
  }

  @Test
  void a_plan_that_cannot_be_kept_is_not_run() throws IOException {
    Files.createDirectory(folder.resolve("plan.json"));
    var status = apply(plans, plan(builtin("a")));
    assertThat(status.applied()).isFalse();
    assertThat(status.problems()).singleElement().asString().contains("plan.json");
    assertThat(orders.scheduled()).isZero();
    assertThat(plans.hash()).isEmpty();
  }

  @Test
  void a_bundle_is_signed_by_a_key_or_by_none() {
    var bytes = SCRIPT.getBytes(StandardCharsets.UTF_8);
    var key = orders.signer.orElseThrow();
    assertThat(BundleFolder.isSigned(key, bytes, orders.hub.sign(SCRIPT))).isTrue();
    for (var wrong : List.of("", "!", "AAAA", orders.stranger.sign(SCRIPT))) {
      assertThat(BundleFolder.isSigned(key, bytes, wrong)).as(wrong).isFalse();
    }
    assertThat(BundleFolder.isSigned(new byte[] {1}, bytes, orders.hub.sign(SCRIPT))).isFalse();
  }
}
