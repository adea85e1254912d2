package io.happo.hub.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.Sha256;
import io.happo.core.plan.Archive;
import io.happo.net.Response;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of plugins, and plans that name them. */
class ArchiveApiTest {
  @TempDir Path folder;
  private TestHub hub;

  @BeforeEach
  void open() {
    hub = new TestHub(folder);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private static byte[] pack(Map<String, String> files) {
    var bytes = new TreeMap<String, byte[]>();
    files.forEach((name, text) -> bytes.put(name, text.getBytes(UTF_8)));
    return Archive.pack(bytes);
  }

  private Response put(String name, byte[] bytes) throws Exception {
    return hub.as("oleg", "PUT", "/v1/archives/" + Sha256.of(bytes) + "?name=" + name, bytes);
  }

  private Response plan(byte[] archive, String plugin) throws Exception {
    return hub.as(
        "oleg",
        "PUT",
        "/v1/plan",
        "{\"files\":{\"a.yaml\":{\"checks\":[{\"name\":\"x\",\"bundle\":\"tools\",\"plugin\":\""
            + plugin
            + "\",\"every\":\"1m\"}]},\"plugins\":{\"bundles\":{\"tools\":\""
            + Sha256.of(archive)
            + "\"}}}}");
  }

  @Test
  void an_archive_is_kept_once_signed_and_named_by_a_plan() throws Exception {
    var bytes = pack(Map.of("check_x", "#!/bin/sh\n", "lib/x.pm", "1;"));
    var put = put("tools", bytes);
    assertThat(put.status()).as(TestHub.text(put)).isEqualTo(200);
    assertThat(TestHub.json(put).requiredLong("files")).isEqualTo(2);
    assertThat(put("again", bytes).status()).isEqualTo(200);
    var listed =
        TestHub.json(hub.as("vera", "GET", "/v1/archives", "")).objects("archives").getFirst();
    assertThat(listed.text("name")).isEqualTo("tools");
    assertThat(listed.text("author")).isEqualTo("oleg");
    assertThat(TestHub.text(plan(bytes, "check_x -w 5"))).contains("\"applied\":true");
    assertThat(TestHub.text(plan(bytes, "check_x -w 5"))).contains("\"applied\":false");
    assertThat(hub.rooms.plans().content(Sha256.of(bytes))).get().isEqualTo(bytes);
    assertThat(TestHub.text(hub.as("ada", "GET", "/v1/audit", ""))).contains("archive.add");
  }

  @Test
  void a_hub_that_was_started_again_knows_what_is_in_its_archives() throws Exception {
    var bytes = pack(Map.of("check_x", "#!/bin/sh\n"));
    put("tools", bytes);
    plan(bytes, "check_x");
    hub.close();
    hub = new TestHub(folder);
    assertThat(TestHub.text(hub.as("vera", "GET", "/v1/plan", ""))).contains(Sha256.of(bytes));
    assertThat(TestHub.text(plan(bytes, "check_y")))
        .contains("'check_y' is no file of the bundle 'tools'; did you mean 'check_x'?");
  }

  @Test
  void a_plan_that_names_an_archive_that_is_not_there_is_refused() throws Exception {
    var answer = plan(pack(Map.of("check_x", "")), "check_x");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(TestHub.json(answer).texts("problems"))
        .containsExactly(
            "plugins: bundles.tools: is no archive that this hub has: send it first, as 'plan"
                + " apply' does");
  }

  @Test
  void bad_archives_are_refused_with_all_that_is_wrong() throws Exception {
    var bad = put("tools", pack(Map.of("../x", "1", "a:b", "2", "good", "3")));
    assertThat(bad.status()).isEqualTo(422);
    assertThat(TestHub.json(bad).text("detail"))
        .isEqualTo("the archive 'tools' has 2 problems, and was not kept");
    assertThat(TestHub.json(bad).texts("problems")).hasSize(2);
    assertThat(TestHub.text(put("tools", "#!/bin/sh".getBytes(UTF_8)))).contains("is no ZIP");
    assertThat(TestHub.text(put("tools", new byte[0]))).contains("is no ZIP");
    assertThat(TestHub.text(put("tools", pack(Map.of("a", "0".repeat(40 << 20))))))
        .contains("when unpacked");
    assertThat(TestHub.text(put("tools", new byte[Archive.MAX_BYTES + 1])))
        .contains("at most 8388608");
    assertThat(TestHub.text(put("%20", pack(Map.of("a", ""))))).contains("name: ' ' is no name");
    var other = "/v1/archives/" + "0".repeat(64) + "?name=tools";
    assertThat(TestHub.text(hub.as("oleg", "PUT", other, pack(Map.of("a", "")))))
        .contains("came with the SHA-256");
    assertThat(TestHub.json(hub.as("vera", "GET", "/v1/archives", "")).objects("archives"))
        .isEmpty();
  }
}
