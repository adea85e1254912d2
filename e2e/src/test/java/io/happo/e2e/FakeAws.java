package io.happo.e2e;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * As much of AWS as Auto Scaling asks: DescribeAutoScalingGroups and DescribeInstances (Query XML,
 * in pages), GetParametersByPath (JSON) and an instance's metadata (version 2 alone), all on one
 * port. It can refuse what comes too often, and be wrong.
 */
final class FakeAws implements AutoCloseable {
  static final String REGION = "eu-north-1";
  private static final String TOKEN = "the-token-of-a-session";
  private static final int INSTANCES_IN_PAGE = 10;
  private static final int PARAMETERS_IN_PAGE = 1;

  /** An instance as AWS tells of it. */
  record Instance(String id, String ip, String state) {
    static Instance inService(String id, String ip) {
      return new Instance(id, ip, "InService");
    }
  }

  private final FakeServer server;
  private final Map<String, List<Instance>> groups = new LinkedHashMap<>(); // Under this.
  private final Map<String, String> parameters = new TreeMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private Instance self = Instance.inService("i-0node00000000001", "127.0.0.1");
  private int refusals;
  private boolean broken;

  FakeAws() throws IOException {
    server = FakeServer.http(this::answer);
  }

  int port() {
    return server.port();
  }

  /** What a program of AWS's needs to ask this one. */
  Map<String, String> environment() {
    var endpoint = "http://127.0.0.1:" + port();
    return Map.of(
        "AWS_ENDPOINT_URL", endpoint,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint,
        "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY", "example",
        "AWS_DEFAULT_REGION", REGION);
  }

  synchronized void group(String name, Instance... instances) {
    groups.put(name, List.of(instances));
  }

  synchronized void parameter(String name, String value) {
    parameters.put(name, value);
  }

  synchronized void self(Instance instance) {
    self = instance;
  }

  /** The next so many questions are refused as too many. */
  synchronized void throttle(int questions) {
    refusals = questions;
  }

  /** Whether each question fails. */
  synchronized void broken(boolean fails) {
    broken = fails;
  }

  /** The questions since then, by their names. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  void forget() {
    asked.clear();
  }

  private synchronized byte[] answer(FakeServer.Got got) {
    if (got.path().startsWith("/latest/")) {
      return metadata(got);
    }
    if (!got.headers().getOrDefault("authorization", "").contains("/" + REGION + "/")) {
      return error(403, "SignatureDoesNotMatch", "signed for another region, or not at all");
    }
    if (got.headers().getOrDefault("x-amz-target", "").equals("AmazonSSM.GetParametersByPath")) {
      asked.add("GetParametersByPath");
      return parameters(Json.parse(got.body()));
    }
    var form = form(got.body());
    var action = form.getOrDefault("Action", "");
    asked.add(action);
    if (broken) {
      return error(500, "InternalFailure", "An internal error has occurred");
    }
    if (refusals > 0) {
      refusals--;
      return action.equals("DescribeInstances")
          ? ec2Error(503, "RequestLimitExceeded", "Request limit exceeded.")
          : error(400, "Throttling", "Rate exceeded");
    }
    return switch (action) {
      case "DescribeAutoScalingGroups" -> describeGroups(form);
      case "DescribeInstances" -> describeInstances(form);
      default -> error(400, "InvalidAction", "The action " + action + " is not valid");
    };
  }

  private byte[] metadata(FakeServer.Got got) {
    if (got.path().equals("/latest/api/token") && got.method().equals("PUT")) {
      return FakeServer.reply(200, "text/plain", TOKEN);
    }
    if (!got.headers().getOrDefault("x-aws-ec2-metadata-token", "").equals(TOKEN)) {
      return FakeServer.reply(401, "text/plain", "");
    }
    return switch (got.path()) {
      case "/latest/dynamic/instance-identity/document" ->
          FakeServer.reply(
              200,
              "text/plain",
              "{\"instanceId\":\"%s\",\"privateIp\":\"%s\",\"region\":\"%s\",\"version\":\"2017-09-30\"}"
                  .formatted(self.id(), self.ip(), REGION));
      case "/latest/meta-data/instance-id" -> FakeServer.reply(200, "text/plain", self.id());
      case "/latest/meta-data/placement/availability-zone" ->
          FakeServer.reply(200, "text/plain", REGION + "a");
      default -> FakeServer.reply(404, "text/plain", "");
    };
  }

  /** One group a page. */
  private byte[] describeGroups(Map<String, String> form) {
    var wanted = members(form, "AutoScalingGroupNames.member.");
    var names =
        groups.keySet().stream().filter(name -> wanted.isEmpty() || wanted.contains(name)).toList();
    int page = Integer.parseInt(form.getOrDefault("NextToken", "0"));
    var members = new StringBuilder();
    if (page < names.size()) {
      var name = names.get(page);
      members.append("<member><AutoScalingGroupName>").append(name);
      members.append("</AutoScalingGroupName><Instances>");
      for (var instance : groups.getOrDefault(name, List.of())) {
        members.append(
            ("<member><InstanceId>%s</InstanceId><LifecycleState>%s</LifecycleState>"
                    + "<HealthStatus>Healthy</HealthStatus></member>")
                .formatted(instance.id(), instance.state()));
      }
      members.append("</Instances></member>");
    }
    var next = page + 1 < names.size() ? "<NextToken>" + (page + 1) + "</NextToken>" : "";
    return xml(
        "<DescribeAutoScalingGroupsResponse xmlns=\"http://autoscaling.amazonaws.com/doc/2011-01-01/\">"
            + "<DescribeAutoScalingGroupsResult><AutoScalingGroups>"
            + members
            + "</AutoScalingGroups>"
            + next
            + "</DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>");
  }

  private byte[] describeInstances(Map<String, String> form) {
    var wanted = new ArrayList<>(members(form, "InstanceId."));
    var known = new HashMap<String, Instance>();
    groups.values().forEach(all -> all.forEach(one -> known.put(one.id(), one)));
    known.values().removeIf(instance -> instance.state().equals("Gone"));
    var unknown = wanted.stream().filter(id -> !known.containsKey(id)).toList();
    if (!unknown.isEmpty()) {
      return ec2Error(
          400,
          "InvalidInstanceID.NotFound",
          "The instance IDs '" + String.join(", ", unknown) + "' do not exist");
    }
    int start = Integer.parseInt(form.getOrDefault("NextToken", "0"));
    int end = Math.min(wanted.size(), start + INSTANCES_IN_PAGE);
    var items = new StringBuilder();
    // Each in a reservation of its own, in another order than asked for.
    for (var id : wanted.subList(start, end).reversed()) {
      items.append(
          ("<item><reservationId>r-%s</reservationId><instancesSet><item><instanceId>%s</instanceId>"
                  + "<privateIpAddress>%s</privateIpAddress></item></instancesSet></item>")
              .formatted(id, id, requireNonNull(known.get(id)).ip()));
    }
    var next = end < wanted.size() ? "<nextToken>" + end + "</nextToken>" : "";
    return xml(
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><reservationSet>"
            + items
            + "</reservationSet>"
            + next
            + "</DescribeInstancesResponse>");
  }

  private byte[] parameters(Json request) {
    var path = request.at("Path").text();
    var below = parameters.keySet().stream().filter(name -> name.startsWith(path + "/")).toList();
    var token = request.at("NextToken").text();
    int start = token.isEmpty() ? 0 : Integer.parseInt(token);
    int end = Math.min(below.size(), start + PARAMETERS_IN_PAGE);
    var found =
        below.subList(start, end).stream()
            .map(
                name ->
                    "{\"Name\":\"%s\",\"Type\":\"String\",\"Value\":\"%s\",\"Version\":1}"
                        .formatted(name, parameters.get(name)))
            .collect(Collectors.joining(","));
    var next = end < below.size() ? ",\"NextToken\":\"" + end + "\"" : "";
    return FakeServer.reply(
        200, "application/x-amz-json-1.1", "{\"Parameters\":[" + found + "]" + next + "}");
  }

  private static byte[] error(int status, String code, String message) {
    return FakeServer.reply(
        status,
        "text/xml",
        ("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>"
                + "<RequestId>1</RequestId></ErrorResponse>")
            .formatted(code, message));
  }

  private static byte[] ec2Error(int status, String code, String message) {
    return FakeServer.reply(
        status,
        "text/xml",
        ("<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors>"
                + "<RequestID>1</RequestID></Response>")
            .formatted(code, message));
  }

  private static byte[] xml(String body) {
    return FakeServer.reply(200, "text/xml", body);
  }

  private static List<String> members(Map<String, String> form, String beginning) {
    var found = new ArrayList<String>();
    for (int i = 1; form.containsKey(beginning + i); i++) {
      found.add(form.get(beginning + i));
    }
    return found;
  }

  private static Map<String, String> form(String body) {
    var form = new HashMap<String, String>();
    for (var pair : body.split("&", -1)) {
      var parts = pair.split("=", 2);
      form.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
    }
    return form;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
