package io.happo.agent.doctor;

import io.happo.program.cli.Arguments;
import java.util.ArrayList;
import java.util.List;

/** All examinations, one after the other; none takes longer than half a minute. */
public final class Doctor {
  private Doctor() {}

  /**
   * Examines.
   *
   * @param arguments as the daemon is given them
   */
  public static List<Remark> examine(Arguments arguments) {
    var remarks = new ArrayList<Remark>();
    new MachineExam(arguments, remarks).examine();
    new SettingsExam(arguments, remarks).examine();
    new FoldersExam(arguments, remarks).examine();
    new HubExam(arguments, remarks).examine();
    return remarks;
  }
}
