package io.happo.agent.orders;

import io.happo.agent.scheduler.HubMayRun;
import io.happo.agent.scheduler.PlanFile;
import io.happo.agent.uplink.PlanApplier;
import io.happo.core.link.ToHub.PlanStatus;
import io.happo.core.plan.BadArchiveException;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.Collector;
import io.happo.core.plan.Plan;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Problem;
import io.happo.core.plan.Work;
import io.happo.program.schedule.Scheduler;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts plans into effect: checks one, fetches what it takes, keeps it, and only then has the
 * scheduler run it. What fails before leaves the old one as it is.
 */
final class PlanOrders implements PlanApplier {
  private static final System.Logger LOG = System.getLogger(PlanOrders.class.getName());

  /** Of all problems of a plan, in characters. */
  private static final int SHOWN = 500;

  private static final String NO_KEY = "the key by which the hub signs is not known: join again";

  private final HubMayRun mayRun;
  private final PlanFile file;
  private final BundleFolder bundles;
  private final BundleFolder.Source source;
  private final Supplier<Optional<byte[]>> signer;
  private final Scheduler scheduler;
  private final Consumer<List<Collector>> collectors;
  private volatile @Nullable PlanDocument plan;
  private volatile boolean mayPass;
  private volatile String refused = "";

  /**
   * @param signer the hub's public key; empty while none is known
   * @param collectors is told which are to be kept running
   */
  PlanOrders(
      HubMayRun mayRun,
      PlanFile file,
      BundleFolder bundles,
      BundleFolder.Source source,
      Supplier<Optional<byte[]>> signer,
      Scheduler scheduler,
      Consumer<List<Collector>> collectors) {
    this.mayRun = mayRun;
    this.file = file;
    this.bundles = bundles;
    this.source = source;
    this.signer = signer;
    this.scheduler = scheduler;
    this.collectors = collectors;
  }

  /** Has the scheduler run the plan that was kept last, as far as the settings still allow it. */
  void resume() throws IOException {
    var kept = file.read();
    if (kept.isPresent()) {
      var problem = problem(kept.get().plan());
      if (problem.isEmpty()) {
        plan = kept.get();
        scheduler.use(kept.get());
        collectors.accept(kept.get().plan().collectors());
      } else {
        LOG.log(Level.WARNING, "no checks until the hub sends a plan again: {0}", problem.get());
        refused = problem.get();
        collectors.accept(List.of());
      }
    } else {
      collectors.accept(List.of()); // What another plan had started before is ended.
    }
  }

  /** Why a plan that was kept is not to be run now. */
  private Optional<String> problem(Plan kept) throws IOException {
    var forbidden = mayRun.problems(kept);
    if (!forbidden.isEmpty()) {
      return Optional.of(forbidden.getFirst().toString());
    }
    var key = key();
    if (lacksKey(kept, key)) {
      return Optional.of(NO_KEY);
    }
    for (var bundle : kept.bundles()) {
      if (bundles.isForeign(bundle, key)) {
        return Optional.of("the bundle " + bundle.name() + " is not what the hub has signed");
      }
    }
    return Optional.empty();
  }

  /**
   * Of whom bundles are to be signed. Who may run what nobody signed need not know the hub's key.
   */
  private Optional<byte[]> key() {
    return mayRun == HubMayRun.ANYTHING ? Optional.empty() : signer.get();
  }

  private boolean lacksKey(Plan wanted, Optional<byte[]> key) {
    return !wanted.bundles().isEmpty() && mayRun != HubMayRun.ANYTHING && key.isEmpty();
  }

  /** The plan that is in effect; empty when there is none. */
  Optional<PlanDocument> plan() {
    return Optional.ofNullable(plan);
  }

  /** Why the newest plan is not in effect, shortened; empty: it is, or there was none. */
  String refused() {
    return refused;
  }

  @Override
  public String hash() {
    var now = plan;
    return now == null ? "" : now.hash();
  }

  @Override
  public List<String> bundles() {
    return bundles.digests();
  }

  @Override
  public PlanStatus apply(String hash, String document) {
    mayPass = false;
    try {
      var read = PlanDocument.read(document);
      if (!read.hash().equals(hash)) {
        return failed(hash, List.of("the document is another one than its hash says"));
      }
      var forbidden = mayRun.problems(read.plan());
      if (!forbidden.isEmpty()) {
        return failed(hash, forbidden.stream().map(Problem::toString).toList());
      }
      var key = key();
      if (lacksKey(read.plan(), key)) {
        return failed(hash, List.of(NO_KEY));
      }
      var problems = fetch(read.plan(), key);
      if (!problems.isEmpty()) {
        return failed(hash, problems);
      }
      file.write(read);
      scheduler.use(read);
      collectors.accept(read.plan().collectors());
      plan = read;
      refused = "";
      var used = new HashSet<String>();
      read.plan().bundles().stream().map(Bundle::sha256).forEach(used::add);
      bundles.keep(used);
      LOG.log(Level.INFO, "plan={0} applied checks={1}", hash, read.plan().checks().size());
      return new PlanStatus(hash, true, List.of());
    } catch (BadPlanException e) {
      return failed(hash, e.problems().stream().map(Problem::toString).toList());
    } catch (IOException e) {
      mayPass = true;
      return failed(hash, List.of(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public boolean mayPass() {
    return mayPass;
  }

  /** Fetches what a plan takes; what is wrong with its archives comes back, all of it. */
  private List<String> fetch(Plan wanted, Optional<byte[]> key) throws IOException {
    var problems = new ArrayList<String>();
    for (var bundle : wanted.bundles()) {
      try {
        bundles.fetch(bundle, source, key);
      } catch (BadArchiveException e) {
        for (var problem : e.problems()) {
          problems.add("bundle " + bundle.name() + ": " + problem);
        }
      }
    }
    for (var check : wanted.checks()) {
      if (check.work() instanceof Work.Packed packed && bundles.lacks(packed)) {
        problems.add(check.name() + ".file: '" + packed.file() + "' is no file of its archive");
      }
    }
    return problems;
  }

  private PlanStatus failed(String hash, List<String> problems) {
    var all = String.join("; ", problems);
    refused = all.length() > SHOWN ? all.substring(0, SHOWN) + "..." : all;
    LOG.log(Level.WARNING, "plan={0} not applied: {1}", hash, problems.getFirst());
    return new PlanStatus(hash, false, problems);
  }
}
