package io.happo.agent.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.plan.Plan;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFileTest {
  @TempDir Path folder;
  private Path file;
  private PlanFile plans;

  @BeforeEach
  void open() {
    file = folder.resolve("plan.json");
    plans = new PlanFile(file);
  }

  @Test
  void a_plan_is_read_as_it_was_kept_with_what_this_version_does_not_know() throws Exception {
    assertThat(plans.read()).isEmpty();
    var text =
        new Plan(List.of(Checks.running("load", Work.Plugin.of("check_load"))), List.of()).toJson();
    var document = PlanDocument.read(text.replace("{\"version\"", "{\"later\":[1],\"version\""));
    plans.write(document);
    assertThat(plans.read()).contains(document);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void a_damaged_plan_is_set_aside() throws IOException {
    for (var damaged : List.of("", "{\"version\":1,\"checks\":[{}]}", " ".repeat(600_000))) {
      Files.writeString(file, damaged);
      assertThat(plans.read()).isEmpty();
      assertThat(file).doesNotExist();
      assertThat(folder.resolve("plan.json.damaged")).hasContent(damaged);
    }
    Files.write(file, new byte[] {'"', (byte) 0xFF, '"'});
    assertThat(plans.read()).isEmpty();
    assertThat(file).doesNotExist();
  }

  @Test
  void a_plan_that_cannot_be_read_is_no_damage() throws IOException {
    Files.createDirectory(file);
    assertThatThrownBy(plans::read)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot read " + file);
    assertThat(file).isDirectory();
  }
}
