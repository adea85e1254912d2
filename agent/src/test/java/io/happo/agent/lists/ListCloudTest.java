package io.happo.agent.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.agent.machine.MadeMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a twin of the clouds' metadata services, which answers what their manuals show. */
class ListCloudTest {
  private static final String TOKEN = "AQAEAsecret==";

  @TempDir Path folder;
  private MadeMachine machine;
  private ServerSocket server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  @BeforeEach
  void begin() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    machine = new MadeMachine(folder, new Lists("http://127.0.0.1:" + server.getLocalPort()));
    Thread.ofVirtual().start(this::accept);
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  /** Answers where the line of the request and a header are as they must be. */
  private void serve(Socket socket) {
    try (socket) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      var first = in.readLine();
      var line = String.valueOf(first).replace(" HTTP/1.1", "");
      var all = new StringBuilder();
      for (var header = in.readLine();
          header != null && !header.isEmpty();
          header = in.readLine()) {
        all.append(header).append('\n');
      }
      requests.add(line);
      var answer = "";
      for (var known : answers.entrySet()) {
        var parts = known.getKey().split("\n", -1);
        boolean isIt = line.equals(parts[0]) && all.toString().contains(parts[1] + "\n");
        answer = isIt ? known.getValue() : answer;
      }
      var text =
          answer.isEmpty()
              ? "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
              : "HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer;
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The client went away.
    }
  }

  private void dmi(String name, String value) throws IOException {
    machine.with("/sys/class/dmi/id/" + name, value + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', no cloud",
    "Dell Inc., 7783-7084-3265-9085-8269-3286-77, no cloud",
    "Microsoft Corporation, 1234-5678, no cloud",
    "QEMU, '', no cloud",
    "Hetzner, '', cloud: Hetzner",
    "DigitalOcean, '', cloud: DigitalOcean",
    "QEMU, OracleCloud.com, cloud: Oracle Cloud"
  })
  void machine_whose_firmware_names_none_of_the_three_asks_nobody(
      String vendor, String tag, String list) throws IOException {
    dmi("sys_vendor", vendor);
    dmi("chassis_asset_tag", tag);
    assertThat(machine.says("list_cloud")).isEqualTo("0: " + list);
    assertThat(requests).isEmpty();
  }

  @Test
  void aws_is_asked_with_a_token_that_is_told_nobody() throws IOException {
    dmi("sys_vendor", "Amazon EC2");
    answers.put("PUT /latest/api/token\nX-aws-ec2-metadata-token-ttl-seconds: 60", TOKEN);
    answers.put(
        "GET /latest/dynamic/instance-identity/document\nX-aws-ec2-metadata-token: " + TOKEN,
        """
        {"accountId": "123456789012", "availabilityZone": "eu-central-1a", "imageId": "ami-1",
         "instanceId": "i-0abc", "instanceType": "m5.large", "region": "eu-central-1",
         "billingProducts": null}""");
    assertThat(machine.says("list_cloud"))
        .isEqualTo(
            "0: cloud: AWS\ninstance: i-0abc\ntype: m5.large\nregion: eu-central-1\n"
                + "zone: eu-central-1a\nimage: ami-1");
  }

  @Test
  void google_cloud_is_asked_for_what_is_listed_alone() throws IOException {
    dmi("sys_vendor", "Google");
    dmi("product_name", "Google Compute Engine");
    google("id", "1234567890");
    google("machine-type", "projects/42/machineTypes/e2-small");
    google("zone", "projects/42/zones/europe-west3-a");
    google("image", "projects/debian-cloud/global/images/debian-12-bookworm");
    assertThat(machine.says("list_cloud"))
        .isEqualTo(
            "0: cloud: Google Cloud\ninstance: 1234567890\ntype: e2-small\nregion: europe-west3\n"
                + "zone: europe-west3-a\n"
                + "image: projects/debian-cloud/global/images/debian-12-bookworm");
    assertThat(requests).hasSize(4);
  }

  private void google(String name, String value) {
    answers.put(
        "GET /computeMetadata/v1/instance/" + name + "\nMetadata-Flavor: Google", value + "\n");
  }

  @Test
  void azure_tells_more_than_is_kept() throws IOException {
    dmi("sys_vendor", "Microsoft Corporation");
    dmi("chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77");
    var request =
        "GET /metadata/instance/compute?api-version=2021-02-01&format=json\nMetadata: true";
    var begin =
        "{\"location\":\"westeurope\",\"vmId\":\"02aa\",\"vmSize\":\"Standard_A3\",\"zone\":\"\","
            + "\"customData\":\"secret\",\"userData\":\"secret\",\"storageProfile\":";
    answers.put(
        request,
        begin
            + "{\"imageReference\":{\"id\":\"\",\"offer\":\"debian-12\",\"publisher\":\"Debian\","
            + "\"sku\":\"12-gen2\",\"version\":\"latest\"}}}");
    assertThat(machine.says("list_cloud"))
        .isEqualTo(
            "0: cloud: Azure\ninstance: 02aa\ntype: Standard_A3\nregion: westeurope\n"
                + "image: Debian:debian-12:12-gen2:latest");
    answers.put(request, begin + "{\"imageReference\":{\"id\":\"/subscriptions/1/images/own\"}}}");
    assertThat(machine.says("list_cloud")).endsWith("image: /subscriptions/1/images/own");
    answers.put(request, begin + "{}}");
    assertThat(machine.says("list_cloud")).endsWith("region: westeurope");
    answers.put(request, "<html>");
    assertThat(machine.says("list_cloud")).startsWith("3: UNKNOWN - this is a machine of Azure, ");
  }

  @Test
  void cloud_that_does_not_answer_leaves_the_list_as_it_was() throws IOException {
    dmi("bios_version", "4.11.amazon");
    assertThat(machine.says("list_cloud"))
        .startsWith(
            "3: UNKNOWN - this is a machine of AWS, whose metadata service cannot be asked: ")
        .contains("it answers 401 to PUT /latest/api/token");
    answers.put("PUT /latest/api/token\nX-aws-ec2-metadata-token-ttl-seconds: 60", "a\nb");
    assertThat(machine.says("list_cloud")).startsWith("3: UNKNOWN - ").contains("no token");
    server.close();
    await().until(() -> !isListening()); // It is closed when the thread that accepts is.
    assertThat(machine.says("list_cloud")).startsWith("3: UNKNOWN - ").contains("nobody listens");
  }

  private boolean isListening() throws IOException {
    try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      return socket.isConnected();
    } catch (ConnectException e) {
      return false;
    }
  }
}
