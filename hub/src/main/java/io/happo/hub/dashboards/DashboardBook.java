package io.happo.hub.dashboards;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.plan.Problem;
import io.happo.hub.store.Dashboards;
import io.happo.hub.store.StoreException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * All dashboards: those that people made, and those that come with the hub. One that somebody made
 * hides the one of its name that comes with the hub, until it is removed. Any thread.
 */
public final class DashboardBook {
  /** That people made. */
  static final int MOST = 1_000;

  /**
   * One.
   *
   * @param revision 0: it comes with the hub
   * @param changedBy empty when it comes with the hub
   * @param changedAt unix milliseconds
   */
  public record Entry(Dashboard dashboard, long revision, String changedBy, long changedAt) {
    public boolean comesWithHub() {
      return revision == 0;
    }
  }

  /** Somebody else was quicker, or it is there already. */
  public static final class ChangedMeanwhileException extends Exception {
    ChangedMeanwhileException(String message) {
      super(message);
    }
  }

  private final Dashboards store;
  private final InstantSource clock;
  private final Map<String, Dashboard> builtIn = BuiltIn.all();

  public DashboardBook(Dashboards store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** All, by name. */
  public List<Entry> all() {
    var all = new TreeMap<String, Entry>();
    builtIn.forEach((name, dashboard) -> all.put(name, new Entry(dashboard, 0, "", 0)));
    store.all().forEach(kept -> all.put(kept.name(), entry(kept)));
    return List.copyOf(all.values());
  }

  public Optional<Entry> find(String name) {
    var kept = store.find(name);
    return kept.isPresent()
        ? Optional.of(entry(kept.get()))
        : Optional.ofNullable(builtIn.get(name)).map(one -> new Entry(one, 0, "", 0));
  }

  /** Whether one of that name comes with the hub, hidden or not. */
  public boolean comesWithHub(String name) {
    return builtIn.containsKey(name);
  }

  /**
   * Keeps one, in place of the one of its name.
   *
   * @param base the revision that it was made from, 0: none that somebody made; empty: whichever
   * @return as it is kept
   */
  public Entry set(Dashboard dashboard, String by, OptionalLong base)
      throws BadDashboardException, ChangedMeanwhileException {
    var name = dashboard.name();
    check(dashboard, base);
    long now = clock.millis();
    var revision = store.set(name, dashboard.toJson(), by, now, base);
    if (revision.isEmpty()) {
      throw changed(name);
    }
    return new Entry(dashboard, revision.getAsLong(), by, now);
  }

  /** What would keep {@link #set} from keeping it now. */
  public void check(Dashboard dashboard, OptionalLong base)
      throws BadDashboardException, ChangedMeanwhileException {
    var kept = store.find(dashboard.name());
    if (base.isPresent() && base.getAsLong() != kept.map(Dashboards.Kept::revision).orElse(0L)) {
      throw changed(dashboard.name());
    }
    if (kept.isEmpty() && store.all().size() >= MOST) {
      throw new BadDashboardException(
          List.of(new Problem("", "there are " + MOST + " dashboards already: remove some first")));
    }
  }

  private static ChangedMeanwhileException changed(String name) {
    return new ChangedMeanwhileException(
        "the dashboard '"
            + name
            + "' was changed meanwhile: look at it as it is now, then change it again");
  }

  /**
   * Removes one that people made.
   *
   * @param base as in {@link #set}
   * @return whether it was there
   */
  public boolean remove(String name, OptionalLong base) throws ChangedMeanwhileException {
    if (store.remove(name, base)) {
      return true;
    }
    if (store.find(name).isPresent()) {
      throw changed(name);
    }
    return false;
  }

  private static Entry entry(Dashboards.Kept kept) {
    try {
      if (Json.parse(kept.document()) instanceof JsonObject json) {
        var dashboard = Dashboard.read(json, kept.name());
        return new Entry(dashboard, kept.revision(), kept.changedBy(), kept.changedAt());
      }
      throw damaged(kept.name(), new IllegalArgumentException("no object"));
    } catch (JsonException | BadDashboardException e) {
      throw damaged(kept.name(), e);
    }
  }

  private static StoreException damaged(String name, Exception why) {
    return new StoreException(
        StoreException.Reason.DAMAGED,
        "the store is damaged: the dashboard '" + name + "' cannot be read",
        why);
  }
}
