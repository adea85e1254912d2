package io.happo.agent.orders;

import io.happo.agent.scheduler.HubMayRun;
import io.happo.agent.scheduler.PlanFile;
import io.happo.agent.scheduler.Scheduler;
import io.happo.agent.uplink.PlanApplier;
import io.happo.core.link.ToHub.PlanStatus;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Problem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts plans into effect: checks one, fetches what it takes, keeps it, and only then has the
 * scheduler run it. What fails before leaves the old one as it is.
 */
final class PlanOrders implements PlanApplier {
  private static final System.Logger LOG = System.getLogger(PlanOrders.class.getName());

  private final HubMayRun mayRun;
  private final PlanFile file;
  private final BundleFolder bundles;
  private final BundleFolder.Source source;
  private final Supplier<Optional<byte[]>> signer;
  private final Scheduler scheduler;
  private volatile @Nullable PlanDocument plan;

  /**
   * @param signer the hub's public key; empty while none is known
   */
  PlanOrders(
      HubMayRun mayRun,
      PlanFile file,
      BundleFolder bundles,
      BundleFolder.Source source,
      Supplier<Optional<byte[]>> signer,
      Scheduler scheduler) {
    this.mayRun = mayRun;
    this.file = file;
    this.bundles = bundles;
    this.source = source;
    this.signer = signer;
    this.scheduler = scheduler;
  }

  /** Has the scheduler run the plan that was kept last, as far as the settings still allow it. */
  void resume() throws IOException {
    var kept = file.read();
    if (kept.isPresent()) {
      var problems = mayRun.problems(kept.get().plan());
      if (problems.isEmpty()) {
        plan = kept.get();
        scheduler.use(kept.get());
      } else {
        LOG.log(
            Level.WARNING, "no checks until the hub sends another plan: {0}", problems.getFirst());
      }
    }
  }

  /** The plan that is in effect; empty when there is none. */
  Optional<PlanDocument> plan() {
    return Optional.ofNullable(plan);
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
    try {
      var read = PlanDocument.read(document);
      if (!read.hash().equals(hash)) {
        return failed(hash, List.of("the document is another one than its hash says"));
      }
      var forbidden = mayRun.problems(read.plan());
      if (!forbidden.isEmpty()) {
        return failed(hash, forbidden.stream().map(Problem::toString).toList());
      }
      // Who may run what nobody signed need not know the hub's key.
      var key = mayRun == HubMayRun.ANYTHING ? Optional.<byte[]>empty() : signer.get();
      if (!read.plan().bundles().isEmpty() && mayRun != HubMayRun.ANYTHING && key.isEmpty()) {
        return failed(hash, List.of("the key by which the hub signs is not known: join again"));
      }
      for (var bundle : read.plan().bundles()) {
        bundles.fetch(bundle, source, key);
      }
      file.write(read);
      scheduler.use(read);
      plan = read;
      var used = new HashSet<String>();
      read.plan().bundles().stream().map(Bundle::sha256).forEach(used::add);
      bundles.keep(used);
      LOG.log(Level.INFO, "plan={0} applied checks={1}", hash, read.plan().checks().size());
      return new PlanStatus(hash, true, List.of());
    } catch (BadPlanException e) {
      return failed(hash, e.problems().stream().map(Problem::toString).toList());
    } catch (IOException e) {
      return failed(hash, List.of(String.valueOf(e.getMessage())));
    }
  }

  private static PlanStatus failed(String hash, List<String> problems) {
    LOG.log(Level.WARNING, "plan={0} not applied: {1}", hash, problems.getFirst());
    return new PlanStatus(hash, false, problems);
  }
}
