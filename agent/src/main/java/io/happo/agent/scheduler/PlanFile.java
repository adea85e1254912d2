package io.happo.agent.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Plan;
import io.happo.core.plan.PlanDocument;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The plan on disk, so that the agent works before it has heard of a hub. */
public final class PlanFile {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.scheduler");

  private final Path file;

  /**
   * @param file usually {@code plan.json} in the state folder, which is there
   */
  public PlanFile(Path file) {
    this.file = file;
  }

  /**
   * The plan kept last; empty when there is none. A damaged one is told and set aside, as {@code
   * plan.json.damaged}: the hub sends it again.
   *
   * @throws IOException when the file is there and cannot be read
   */
  public Optional<PlanDocument> read() throws IOException {
    try {
      long bytes = Files.size(file);
      if (bytes > Plan.MAX_BYTES) {
        return damaged(bytes + " bytes, at most " + Plan.MAX_BYTES + " are possible");
      }
      return Optional.of(PlanDocument.read(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (CharacterCodingException e) {
      return damaged("it is not UTF-8 text");
    } catch (BadPlanException e) {
      int others = e.problems().size() - 1;
      return damaged(
          e.problems().getFirst() + (others == 0 ? "" : " (and " + others + " more problems)"));
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + Reason.of(e), e);
    }
  }

  private Optional<PlanDocument> damaged(String why) throws IOException {
    var aside = file.resolveSibling(file.getFileName() + ".damaged");
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    LOG.log(
        Level.ERROR,
        "no checks until a hub sends a plan: {0} is damaged, now {1}: {2}",
        file,
        aside,
        why);
    return Optional.empty();
  }

  /**
   * Keeps a plan; durable on return.
   *
   * @throws IOException naming the file; the plan before is untouched
   */
  public void write(PlanDocument document) throws IOException {
    AtomicFile.write(file, document.text().getBytes(UTF_8));
  }
}
