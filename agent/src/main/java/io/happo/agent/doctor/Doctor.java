package io.happo.agent.doctor;

import io.happo.program.cli.Arguments;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All examinations, one after the other; none takes longer than half a minute. */
public final class Doctor {
  /** Reads the options as the daemon does. */
  public interface Reading {
    /**
     * Does all that the daemon does with its options before it opens anything.
     *
     * @throws IOException the line that the daemon would end with
     */
    void check(Arguments arguments) throws IOException;
  }

  private Doctor() {}

  /**
   * Examines.
   *
   * @param arguments as the daemon is given them
   * @param reading as the daemon reads them
   */
  public static List<Remark> examine(Arguments arguments, Reading reading) {
    var remarks = new ArrayList<Remark>();
    try {
      reading.check(arguments);
      remarks.add(Remark.ok("options", "the daemon takes them"));
    } catch (IOException e) {
      remarks.add(
          Remark.critical(
              "options", Reason.of(e), "Mend the option: the agent does not start with it."));
    }
    new MachineExam(arguments, remarks).examine();
    new SettingsExam(arguments, remarks).examine();
    new FoldersExam(arguments, remarks).examine();
    new HubExam(arguments, remarks).examine();
    return remarks;
  }
}
