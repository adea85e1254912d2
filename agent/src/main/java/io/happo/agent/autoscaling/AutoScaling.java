package io.happo.agent.autoscaling;

import io.happo.agent.autoscaling.Refusal.Kind;
import io.happo.agent.metrics.MetricConfig;
import io.happo.core.JsonWriter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The aliases of a bastion. Any thread; what asks AWS blocks for as long as that takes, and holds
 * up nobody else.
 */
public final class AutoScaling {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.autoscaling");

  /** The least time between two refreshes of a group that failed requests cause. */
  private static final long BETWEEN_REFRESHES_NANOS = Duration.ofMinutes(1).toNanos();

  private final GroupsFile file;
  private final AliasStore store;
  private final Cloud cloud;
  private final Map<String, Long> refreshed = new ConcurrentHashMap<>();
  private final ReentrantLock asking = new ReentrantLock(); // One question to AWS at a time.

  /** Instances that came or went since AWS was asked, which then knows less of them. */
  private final Set<String> moved = new HashSet<>(); // Under this.

  private final Set<String> waiting = new LinkedHashSet<>(); // Groups; under itself, as the next.
  private boolean working;

  public AutoScaling(GroupsFile file, AliasStore store, Cloud cloud) {
    this.file = file;
    this.store = store;
    this.cloud = cloud;
  }

  /**
   * An alias, and whose it is.
   *
   * @param group name of its group
   */
  public record Found(String group, Alias alias) {}

  /**
   * What AWS and the aliases of a group say of each other.
   *
   * @param problem empty when they agree
   */
  public record Difference(String group, String problem) {}

  /** The name of the group that a host's name belongs to. */
  public Optional<String> groupOfHost(String host) {
    return file.current().flatMap(groups -> groups.ofHost(host)).map(Groups.Group::name);
  }

  /** Whether there is a group of exactly that name. */
  public boolean isGroup(String name) {
    return file.current().flatMap(groups -> groups.named(name)).isPresent();
  }

  /** An alias that was made by a refresh, of a group that there is. */
  public Optional<Found> find(String alias) {
    var groups = file.current().map(Groups::groups).orElse(List.of());
    for (var group : groups) {
      for (var one : store.of(group.name())) {
        if (one.name().equals(alias)) {
          return Optional.of(new Found(group.name(), one));
        }
      }
    }
    return Optional.empty();
  }

  /** The aliases of a group, lowest first. */
  public List<Alias> aliases(String group) {
    return store.of(group);
  }

  /**
   * All groups with their aliases, as {@code /autoscaling} lists them.
   *
   * @throws Refusal when there is no autoscaling.yaml
   */
  public void writeList(JsonWriter json) throws Refusal {
    var groups = groups().groups();
    if (groups.isEmpty()) {
      json.nullValue();
      return;
    }
    json.beginArray();
    groups.forEach(group -> AliasStore.write(json, group.name(), store.of(group.name())));
    json.endArray();
  }

  /** Gives other groups aliases, from their next refresh on. */
  public void use(Groups wanted) throws IOException {
    file.write(wanted);
  }

  /**
   * Brings the aliases of a group, or of all, to what AWS says.
   *
   * @param name empty: all
   */
  public void refresh(String name) throws Refusal {
    var groups = name.isEmpty() ? groups().groups() : List.of(group(name));
    if (groups.isEmpty()) {
      throw unknownGroup();
    }
    try {
      refresh(groups.stream().map(Groups.Group::name).toList());
    } catch (IOException e) {
      LOG.log(Level.ERROR, "autoscaling refresh failed: {0}", e.getMessage());
      throw Refusal.failed(e);
    }
  }

  private void refresh(List<String> names) throws IOException {
    var unknown = new ArrayList<String>();
    asking.lock();
    try {
      synchronized (this) {
        moved.clear();
      }
      var inService = cloud.inService(names);
      for (var name : names) {
        var instances = inService.get(name);
        if (instances == null) {
          unknown.add(name);
        } else {
          refresh(name, instances);
        }
      }
    } finally {
      asking.unlock();
    }
    if (!unknown.isEmpty()) {
      // Their aliases stay: emptied ones would count as well.
      throw new IOException(
          "AWS has no Auto Scaling group "
              + String.join(", ", unknown)
              + " in this account and region");
    }
  }

  private synchronized void refresh(String name, List<Instance> inService) throws IOException {
    var known = file.current().flatMap(groups -> groups.named(name));
    if (known.isEmpty()) {
      return; // Taken out meanwhile.
    }
    var group = known.get();
    var before = store.of(name);
    var instances = new ArrayList<>(inService);
    instances.removeIf(one -> moved.contains(one.id()));
    before.stream()
        .flatMap(alias -> alias.instance().stream())
        .filter(one -> moved.contains(one.id()))
        .forEach(instances::add);
    store.put(name, Aliases.refreshed(group, before, instances));
    if (instances.size() > group.count()) {
      LOG.log(
          Level.WARNING,
          "autoscaling group={0} has {1} instances in service and {2} aliases: raise its"
              + " autoscaling_count",
          group.name(),
          instances.size(),
          group.count());
    }
  }

  /** As {@link #refresh}, behind the caller's back, at most once a minute for each group. */
  public void refreshSoon(String group) {
    long now = System.nanoTime();
    var turn =
        refreshed.compute(
            group,
            (name, last) ->
                last == null || now - last >= BETWEEN_REFRESHES_NANOS ? Long.valueOf(now) : last);
    if (turn == now) {
      synchronized (waiting) {
        waiting.add(group);
        if (!working) {
          working = true;
          Thread.ofVirtual().name("autoscaling-refresh").start(this::refreshWaiting);
        }
      }
    }
  }

  /** All that wait at once, until none does. */
  private void refreshWaiting() {
    while (true) {
      List<String> names;
      synchronized (waiting) {
        if (waiting.isEmpty()) {
          working = false;
          return;
        }
        names = List.copyOf(waiting);
        waiting.clear();
      }
      try {
        refresh(names);
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.WARNING, "autoscaling groups={0}: {1}", names, e.getMessage());
      }
    }
  }

  /** Forgets the aliases of a group until its next refresh. */
  public synchronized void delete(String name) throws Refusal {
    if (name.isEmpty()) {
      throw new Refusal(
          Kind.INCOMPLETE, "autoscaling_gorup_name required"); // as the original has it
    }
    put(group(name).name(), List.of());
  }

  /** Gives an instance the lowest free alias of its group. */
  public Found register(String name, String instanceId, String ip) throws Refusal {
    if (name.isEmpty() || instanceId.isEmpty() || ip.isEmpty()) {
      throw new Refusal(Kind.INCOMPLETE, "missing parameter");
    }
    try {
      InetAddress.ofLiteral(ip);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Kind.INCOMPLETE, "'" + ip + "' is no IP address");
    }
    var group = group(name).name();
    synchronized (this) {
      if (holder(instanceId).isPresent()) {
        throw new Refusal(Kind.FAILED, "already registered");
      }
      var aliases =
          Aliases.registered(store.of(group), new Instance(instanceId, ip))
              .orElseThrow(() -> new Refusal(Kind.FAILED, "can't find empty alias from " + group));
      put(group, aliases);
      moved.add(instanceId);
      return holder(instanceId).orElseThrow();
    }
  }

  /** Takes an instance's alias away. */
  public synchronized void deregister(String instanceId) throws Refusal {
    if (instanceId.isEmpty()) {
      throw new Refusal(Kind.INCOMPLETE, "instance_id required");
    }
    var groups =
        store.all().entrySet().stream()
            .filter(group -> group.getValue().stream().anyMatch(alias -> alias.isOf(instanceId)))
            .map(Map.Entry::getKey)
            .toList();
    if (groups.isEmpty()) {
      throw new Refusal(Kind.FAILED, instanceId + " is not registered");
    }
    for (var group : groups) {
      put(group, Aliases.deregistered(store.of(group), instanceId));
    }
    moved.add(instanceId);
  }

  /**
   * Keeps what all aliases of a group are to collect.
   *
   * @throws IOException when there are none, or it cannot be written
   */
  public synchronized void configure(String group, MetricConfig config) throws IOException {
    if (store.of(group).isEmpty()) {
      throw new IOException(group + " has no aliases yet: ask for /autoscaling/refresh first");
    }
    store.put(group, store.of(group).stream().map(alias -> alias.with(config)).toList());
  }

  /** For each group, in order, whether all of its instances in service have an alias. */
  public List<Difference> differences() throws Refusal {
    var groups = groups().groups();
    Map<String, List<Instance>> inService = new LinkedHashMap<>();
    try {
      if (!groups.isEmpty()) {
        asking.lock();
        try {
          inService = cloud.inService(groups.stream().map(Groups.Group::name).toList());
        } finally {
          asking.unlock();
        }
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "autoscaling cannot be checked: {0}", e.getMessage());
    }
    var differences = new ArrayList<Difference>();
    for (var group : groups) {
      var instances = inService.get(group.name());
      differences.add(
          new Difference(
              group.name(),
              instances == null ? "check failed" : missing(store.of(group.name()), instances)));
    }
    return differences;
  }

  private static String missing(List<Alias> aliases, List<Instance> inService) {
    var missing =
        inService.stream()
            .map(Instance::id)
            .filter(id -> aliases.stream().noneMatch(alias -> alias.isOf(id)))
            .toList();
    return missing.isEmpty() ? "" : "difference found: " + String.join(",", missing);
  }

  /** In a group that there is: those that autoscaling.yaml names no more give nobody an alias. */
  private Optional<Found> holder(String instanceId) {
    for (var group : file.current().map(Groups::groups).orElse(List.of())) {
      for (var alias : store.of(group.name())) {
        if (alias.isOf(instanceId)) {
          return Optional.of(new Found(group.name(), alias));
        }
      }
    }
    return Optional.empty();
  }

  private void put(String group, List<Alias> aliases) throws Refusal {
    try {
      store.put(group, aliases);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "autoscaling aliases not kept: {0}", e.getMessage());
      throw Refusal.failed(e);
    }
  }

  private Groups groups() throws Refusal {
    return file.current()
        .orElseThrow(
            () -> new Refusal(Kind.FAILED, "open " + file.path() + ": no such file or directory"));
  }

  private Groups.Group group(String name) throws Refusal {
    return groups().named(name).orElseThrow(AutoScaling::unknownGroup);
  }

  private static Refusal unknownGroup() {
    return new Refusal(Kind.UNKNOWN_GROUP, "can't find autoscaling group name in config");
  }
}
