package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonObject;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.net.Response;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What machines have, and agents that are asked. */
final class InventoryApiTest {
  @TempDir Path folder;
  private TestHub hub;
  private String agent = "";
  private long sequence;

  @BeforeEach
  void open() throws Exception {
    hub = new TestHub(folder);
    hub.rooms.intake().start();
    agent = hub.join();
    hub.rooms.fleet().rename(hub.rooms.fleet().byId(agent).orElseThrow(), "web-07");
  }

  @AfterEach
  void close() {
    hub.rooms.intake().close();
    hub.close();
  }

  private void bring(String name, long time, String text) throws Exception {
    long number = hub.rooms.fleet().byId(agent).orElseThrow().number();
    var items = List.<Item>of(new Item.Inventory(name, time, text));
    hub.rooms.intake().submit(number, new ToHub.Results("e", ++sequence, items)).join();
  }

  private JsonObject get(String target) throws Exception {
    var answer = hub.as("vera", "GET", target, "");
    assertThat(answer.status()).as(TestHub.text(answer)).isEqualTo(200);
    return TestHub.json(answer);
  }

  private String problem(String method, String target, String body, int status) throws Exception {
    var answer = hub.as("oleg", method, target, body);
    assertThat(answer.status()).as(TestHub.text(answer)).isEqualTo(status);
    return TestHub.json(answer).text("detail");
  }

  private static String all(Response answer) throws Exception {
    var bytes = new ByteArrayOutputStream();
    answer.streamed().orElseThrow().write(bytes::writeBytes);
    return bytes.toString(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void lines_are_found_in_what_machines_have_now() throws Exception {
    bring("packages", 1_000, "openssl 3.0.1\nzlib 1.2\n");
    bring("packages", 2_000, "OpenSSL 3.0.2\nzlib 1.2\n");
    var found = get("/v1/inventory?search=openssl").objects("inventories");
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().text("agent")).isEqualTo("web-07");
    assertThat(found.getFirst().texts("found")).containsExactly("OpenSSL 3.0.2");
    assertThat(get("/v1/inventory?name=packages").objects("inventories")).hasSize(1);
    assertThat(get("/v1/inventory?search=nowhere").objects("inventories")).isEmpty();
    assertThat(get("/v1/agents/web-07/inventory/packages?at=1500").text("text"))
        .isEqualTo("openssl 3.0.1\nzlib 1.2\n");
    assertThat(get("/v1/agents/web-07/inventory/packages/versions").objects("versions")).hasSize(2);
    assertThat(problem("GET", "/v1/agents/web-07/inventory/package", "", 404))
        .endsWith("did you mean 'packages'?");
  }

  @Test
  void what_has_changed_is_told_line_by_line() throws Exception {
    bring("packages", 1_000, "a 1\nb 1\n");
    bring("users", 1_000, "root\n");
    bring("packages", 2_000, "b 1\na 2\n");
    var changes = get("/v1/agents/web-07/inventory-changes?from=1500&to=3000").objects("changes");
    assertThat(changes).hasSize(1);
    assertThat(changes.getFirst().text("inventory")).isEqualTo("packages");
    assertThat(changes.getFirst().texts("added")).containsExactly("a 2");
    assertThat(changes.getFirst().texts("removed")).containsExactly("a 1");
    assertThat(get("/v1/agents/web-07/inventory-changes?from=1500&to=1600").objects("changes"))
        .isEmpty();
    assertThat(problem("GET", "/v1/agents/web-07/inventory-changes?from=2&to=1", "", 400))
        .startsWith("from is later than to");
  }

  @Test
  void all_of_it_is_exported() throws Exception {
    bring("packages", 1_000, "a,1\n=b\n");
    var csv = all(hub.as("vera", "GET", "/v1/inventory/csv?name=packages", ""));
    assertThat(csv)
        .isEqualTo(
            "agent,fingerprint,inventory,since,line\r\n"
                + ("web-07," + agent + ",packages,1970-01-01T00:00:01Z,\"a,1\"\r\n")
                + ("web-07," + agent + ",packages,1970-01-01T00:00:01Z,'=b\r\n"));
    assertThat(TestHub.text(hub.as("vera", "GET", "/v1/inventory/csv?agent=web-07", "")))
        .startsWith("agent,")
        .contains(",packages,");
    assertThat(all(hub.as("vera", "GET", "/v1/inventory/json?name=packages", "")))
        .isEqualTo(
            "{\"agent\":\"web-07\",\"agentId\":\""
                + agent
                + "\",\"inventory\":\"packages\",\"since\":1000,\"seen\":1000,\"lines\":2,"
                + "\"text\":[\"a,1\",\"=b\"]}\n");
  }

  @Test
  void a_clock_that_is_ahead_does_not_hold_the_newest() throws Exception {
    bring("packages", Long.MAX_VALUE / 2, "of the future");
    bring("packages", System.currentTimeMillis() + 1_000, "of now");
    assertThat(get("/v1/agents/web-07/inventory/packages").text("text")).isEqualTo("of now");
  }

  @Test
  void agents_that_are_asked_are_added_and_removed() throws Exception {
    var host = "{\"group\":\"shop!web\",\"ip\":\"10.0.0.5\",\"hostname\":\"web-05\"}";
    assertThat(hub.as("vera", "POST", "/v1/classic", host).status()).isEqualTo(403);
    assertThat(hub.as("oleg", "POST", "/v1/classic", host).status()).isEqualTo(204);
    assertThat(problem("POST", "/v1/classic", host, 409)).contains("already");
    assertThat(problem("POST", "/v1/classic", "{\"group\":\"a\",\"ip\":\"a/b\"}", 400))
        .isEqualTo("ip: 'a/b' is no name or address");
    var agent = get("/v1/agents/web-05");
    assertThat(agent.requiredObject("tags").text("subgroup")).isEqualTo("web");
    assertThat(get("/v1/classic").objects("hosts")).hasSize(1);
    assertThat(problem("DELETE", "/v1/classic-keys/10.0.0.5:6777", "", 404))
        .startsWith("no key of");
    var path = "/v1/classic/shop%21web/10.0.0.5/6777";
    assertThat(hub.as("oleg", "DELETE", path, "").status()).isEqualTo(204);
    assertThat(problem("DELETE", path, "", 404)).isEqualTo("10.0.0.5 is not in the group shop!web");
  }
}
