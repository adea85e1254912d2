package io.happo.aws;

import io.happo.core.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.internal.util.EC2MetadataUtils;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.LifecycleState;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Asks AWS. What is asked too often there is asked again by the SDK, with pauses, for {@link
 * #DEADLINE} each time.
 */
final class Aws implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(45);
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** Names of groups in one question: AWS's limit. */
  private static final int MAX_GROUPS = 50;

  /** Instances in one question. */
  private static final int MAX_INSTANCES = 100;

  private static final Pattern INSTANCE = Pattern.compile("\\bi-[0-9A-Za-z]+");

  private final Map<String, String> environment;
  private final SdkHttpClient http =
      UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(DEADLINE).build();
  private @Nullable Region region;

  Aws(Map<String, String> environment) {
    this.environment = environment;
  }

  /** {@code {"groups":[{"autoscaling_group_name","instances":[{"instance_id","ip"}]}]}}. */
  JsonWriter instances(List<String> groups) {
    var inService = new LinkedHashMap<String, List<String>>();
    try (var client = with(AutoScalingClient.builder()).build()) {
      for (int i = 0; i < groups.size(); i += MAX_GROUPS) {
        var some = groups.subList(i, Math.min(groups.size(), i + MAX_GROUPS));
        client
            .describeAutoScalingGroupsPaginator(request -> request.autoScalingGroupNames(some))
            .autoScalingGroups()
            .forEach(group -> inService.put(group.autoScalingGroupName(), inService(group)));
      }
    }
    var addresses =
        addresses(inService.values().stream().flatMap(List::stream).distinct().toList());
    var json = new JsonWriter().beginObject().key("groups").beginArray();
    inService.forEach(
        (group, ids) -> {
          json.beginObject().member("autoscaling_group_name", group).key("instances").beginArray();
          for (var id : ids) {
            var ip = addresses.get(id);
            if (ip != null) {
              json.beginObject().member("instance_id", id).member("ip", ip).endObject();
            }
          }
          json.endArray().endObject();
        });
    return json.endArray().endObject();
  }

  private static List<String> inService(AutoScalingGroup group) {
    return group.instances().stream()
        .filter(instance -> instance.lifecycleState() == LifecycleState.IN_SERVICE)
        .map(instance -> instance.instanceId())
        .toList();
  }

  private Map<String, String> addresses(List<String> ids) {
    var addresses = new HashMap<String, String>();
    if (!ids.isEmpty()) {
      try (var client = with(Ec2Client.builder()).build()) {
        for (int i = 0; i < ids.size(); i += MAX_INSTANCES) {
          addTo(addresses, client, ids.subList(i, Math.min(ids.size(), i + MAX_INSTANCES)));
        }
      }
    }
    return addresses;
  }

  private static void addTo(Map<String, String> addresses, Ec2Client client, List<String> ids) {
    try {
      client
          .describeInstancesPaginator(request -> request.instanceIds(ids))
          .reservations()
          .forEach(
              reservation ->
                  reservation.instances().stream()
                      .filter(instance -> instance.privateIpAddress() != null)
                      .forEach(
                          instance ->
                              addresses.put(instance.instanceId(), instance.privateIpAddress())));
    } catch (Ec2Exception e) {
      var left = withoutGone(ids, e);
      if (left.isEmpty() || left.size() == ids.size()) {
        throw e;
      }
      addTo(addresses, client, left);
    }
  }

  /** What is left when AWS says that some have ended meanwhile, for which it answers nothing. */
  private static List<String> withoutGone(List<String> ids, Ec2Exception e) {
    var left = new ArrayList<>(ids);
    if ("InvalidInstanceID.NotFound".equals(e.awsErrorDetails().errorCode())) {
      INSTANCE
          .matcher(String.valueOf(e.awsErrorDetails().errorMessage()))
          .results()
          .forEach(found -> left.remove(found.group()));
    }
    return left;
  }

  /** {@code {"instance_id","ip","autoscaling_group_name"}}. */
  JsonWriter self() throws IOException {
    var self = EC2MetadataUtils.getInstanceInfo();
    if (self == null || self.getInstanceId() == null || self.getPrivateIp() == null) {
      throw new IOException("the instance's metadata service does not say which instance this is");
    }
    if (region().isEmpty() && self.getRegion() != null) {
      region = Region.of(self.getRegion());
    }
    var id = self.getInstanceId();
    var ip = self.getPrivateIp();
    try (var client = with(AutoScalingClient.builder()).build()) {
      for (var group : client.describeAutoScalingGroupsPaginator().autoScalingGroups()) {
        if (group.instances().stream().anyMatch(one -> one.instanceId().equals(id))) {
          return new JsonWriter()
              .beginObject()
              .member("instance_id", id)
              .member("ip", ip)
              .member("autoscaling_group_name", group.autoScalingGroupName())
              .endObject();
        }
      }
    }
    throw new IOException("the instance " + id + " belongs to no Auto Scaling group");
  }

  /** The values by their names below the path. */
  JsonWriter parameters(String path) {
    var beginning = path.endsWith("/") ? path : path + "/";
    var json = new JsonWriter().beginObject();
    try (var client = with(SsmClient.builder()).build()) {
      client
          .getParametersByPathPaginator(request -> request.path(path).withDecryption(true))
          .stream()
          .flatMap(page -> page.parameters().stream())
          .forEach(
              parameter ->
                  json.member(
                      parameter.name().startsWith(beginning)
                          ? parameter.name().substring(beginning.length())
                          : parameter.name(),
                      parameter.value()));
    }
    return json.endObject();
  }

  private <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> B with(B builder) {
    builder.httpClient(http);
    builder.overrideConfiguration(
        ClientOverrideConfiguration.builder().apiCallTimeout(DEADLINE).build());
    region().ifPresent(builder::region);
    return builder;
  }

  /** Java's SDK does not know the variable that AWS's other tools take first. */
  private Optional<Region> region() {
    if (region == null) {
      for (var variable : List.of("AWS_REGION", "AWS_DEFAULT_REGION")) {
        var name = environment.getOrDefault(variable, "");
        if (!name.isEmpty()) {
          region = Region.of(name);
          return Optional.of(region);
        }
      }
    }
    return Optional.ofNullable(region);
  }

  @Override
  public void close() {
    http.close();
  }
}
