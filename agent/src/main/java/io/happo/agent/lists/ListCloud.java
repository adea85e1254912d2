package io.happo.agent.lists;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Tables;
import io.happo.agent.facts.SmallFiles;
import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Trust;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code list_cloud}: which cloud a machine is rented from, by what its firmware says, and what
 * that cloud says of the machine: AWS by its metadata service in version 2, Google Cloud and Azure
 * by theirs. A machine whose firmware names none of the three asks nobody. What the service is
 * asked for holds no credentials and no user data, and of its answers only what is listed is kept.
 */
final class ListCloud implements BuiltinCheck {
  /** Where the clouds answer, each in its own way. */
  static final String METADATA = "http://169.254.169.254";

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Command TABLE =
      Tables.list(
          "list_cloud",
          "Which cloud the machine is of, and its id, type, region, zone and image there",
          List.of(
              "Told by the firmware (DMI); AWS, Google Cloud and Azure are then asked at"
                  + " 169.254.169.254, which a machine elsewhere never is. Of other clouds there is"
                  + " the name alone, and 'no cloud' where the firmware names none."),
          List.of(),
          List.of(new Example("Of this machine", "list_cloud")));

  private static final String AWS = "AWS";
  private static final String GOOGLE = "Google Cloud";
  private static final String AZURE = "Azure";
  private static final List<String> ASKED = List.of(AWS, GOOGLE, AZURE);

  /** The tag by which Azure is told from other machines of Hyper-V. */
  private static final String AZURE_TAG = "7783-7084-3265-9085-8269-3286-77";

  /** Beginnings of the name of the vendor, and the cloud that is. */
  private static final String[][] OTHERS = {
    {"alibaba cloud", "Alibaba Cloud"},
    {"digitalocean", "DigitalOcean"},
    {"exoscale", "Exoscale"},
    {"hetzner", "Hetzner"},
    {"huawei cloud", "Huawei Cloud"},
    {"linode", "Akamai"},
    {"akamai", "Akamai"},
    {"openstack", "OpenStack"},
    {"scaleway", "Scaleway"},
    {"tencent cloud", "Tencent Cloud"},
    {"upcloud", "UpCloud"},
    {"vultr", "Vultr"},
  };

  private final String metadata;

  /**
   * @param metadata where the clouds answer, as {@code http://HOST:PORT}
   */
  ListCloud(String metadata) {
    this.metadata = metadata;
  }

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws CheckException, InterruptedException {
    var cloud = cloud(machine);
    var list = new Listing();
    list.next(cloud.isEmpty() ? "no cloud" : "cloud: " + cloud);
    if (!ASKED.contains(cloud)) {
      return list.finding();
    }
    try (var client = new HttpsClient(new Trust.PublicRoots(), Optional.empty())) {
      switch (cloud) {
        case AWS -> aws(list, client);
        case GOOGLE -> google(list, client);
        default -> azure(list, client);
      }
    } catch (IOException | JsonException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw CheckException.unknown(
          "this is a machine of "
              + cloud
              + ", whose metadata service cannot be asked: "
              + OneLine.of(String.valueOf(e.getMessage()))
              + "; in a container it may be that it is not to be");
    }
    return list.finding();
  }

  private static String dmi(Machine machine, String name) {
    return SmallFiles.textOrNothing(machine.file("/sys/class/dmi/id/" + name))
        .toLowerCase(Locale.ROOT);
  }

  /** The name of the cloud; empty where the firmware names none. */
  private static String cloud(Machine machine) {
    var vendor = dmi(machine, "sys_vendor");
    // The older machines of AWS are of Xen.
    if (vendor.startsWith("amazon ec2") || dmi(machine, "bios_version").contains("amazon")) {
      return AWS;
    }
    if (dmi(machine, "product_name").startsWith("google compute engine")) {
      return GOOGLE;
    }
    var tag = dmi(machine, "chassis_asset_tag");
    if (vendor.startsWith("microsoft") && tag.equals(AZURE_TAG)) {
      return AZURE;
    }
    if (tag.startsWith("oraclecloud")) {
      return "Oracle Cloud";
    }
    for (var other : OTHERS) {
      if (vendor.startsWith(other[0])) {
        return other[1];
      }
    }
    return "";
  }

  private byte[] ask(HttpsClient client, String method, String path, Headers headers)
      throws IOException {
    var answer = client.send(method, URI.create(metadata + path), headers, new byte[0], PATIENCE);
    if (answer.status() != 200) {
      throw new IOException("it answers " + answer.status() + " to " + method + " " + path);
    }
    return answer.body();
  }

  private void aws(Listing list, HttpsClient client) throws IOException, JsonException {
    var token =
        text(
            ask(
                client,
                "PUT",
                "/latest/api/token",
                Headers.of("X-aws-ec2-metadata-token-ttl-seconds", "60")));
    if (!isToken(token)) {
      throw new IOException("it gives what is no token");
    }
    var of =
        Json.parseObject(
            ask(
                client,
                "GET",
                "/latest/dynamic/instance-identity/document",
                Headers.of("X-aws-ec2-metadata-token", token)));
    add(list, of, "instance", "instanceId");
    add(list, of, "type", "instanceType");
    add(list, of, "region", "region");
    add(list, of, "zone", "availabilityZone");
    add(list, of, "image", "imageId");
  }

  /** It becomes the value of a header. */
  private static boolean isToken(String token) {
    for (int i = 0; i < token.length(); i++) {
      if (token.charAt(i) <= ' ' || token.charAt(i) > '~') {
        return false;
      }
    }
    return !token.isEmpty();
  }

  private void google(Listing list, HttpsClient client) throws IOException {
    list.next("instance", ofGoogle(client, "id"));
    list.next("type", last(ofGoogle(client, "machine-type")));
    var zone = last(ofGoogle(client, "zone"));
    list.next("region", zone.substring(0, Math.max(0, zone.lastIndexOf('-'))));
    list.next("zone", zone);
    list.next("image", ofGoogle(client, "image"));
  }

  private String ofGoogle(HttpsClient client, String name) throws IOException {
    var path = "/computeMetadata/v1/instance/" + name;
    return text(ask(client, "GET", path, Headers.of("Metadata-Flavor", "Google")));
  }

  /** {@code projects/123/zones/europe-west3-a}. */
  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private void azure(Listing list, HttpsClient client) throws IOException, JsonException {
    var path = "/metadata/instance/compute?api-version=2021-02-01&format=json";
    var of = Json.parseObject(ask(client, "GET", path, Headers.of("Metadata", "true")));
    add(list, of, "instance", "vmId");
    add(list, of, "type", "vmSize");
    add(list, of, "region", "location");
    add(list, of, "zone", "zone");
    if (of.find("storageProfile").orElse(null) instanceof JsonObject storage
        && storage.find("imageReference").orElse(null) instanceof JsonObject image) {
      var own = image.text("id");
      list.next(
          "image",
          own.isEmpty() && !image.text("offer").isEmpty()
              ? String.join(
                  ":",
                  image.text("publisher"),
                  image.text("offer"),
                  image.text("sku"),
                  image.text("version"))
              : own);
    }
  }

  private static void add(Listing list, JsonObject of, String name, String key)
      throws JsonException {
    list.next(name, of.text(key));
  }

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8).strip();
  }
}
