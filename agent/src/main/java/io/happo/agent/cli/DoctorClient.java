package io.happo.agent.cli;

import io.happo.agent.doctor.Doctor;
import io.happo.agent.doctor.Remark;
import io.happo.agent.doctor.Remark.Level;
import io.happo.core.JsonWriter;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import java.util.List;

/** Tells what {@link Doctor} found; exits with 0, or with 1 or 2 as the worst of it is. */
final class DoctorClient {
  private final Console console;
  private final Arguments arguments;
  private final Doctor.Reading reading;

  DoctorClient(Console console, Arguments arguments, Doctor.Reading reading) {
    this.console = console;
    this.arguments = arguments;
    this.reading = reading;
  }

  int examine() {
    var remarks = Doctor.examine(arguments, reading);
    var worst = Level.OK;
    for (var remark : remarks) {
      worst = remark.level().compareTo(worst) > 0 ? remark.level() : worst;
    }
    console.say(arguments.flag("json") ? json(worst, remarks) : text(remarks));
    return worst.status();
  }

  private static String text(List<Remark> remarks) {
    var out = new StringBuilder();
    for (var remark : remarks) {
      out.append(remark.level())
          .append(" - ")
          .append(remark.about())
          .append(": ")
          .append(remark.text())
          .append(remark.advice().isEmpty() ? "" : ". " + remark.advice())
          .append('\n');
    }
    return out.toString();
  }

  private static String json(Level worst, List<Remark> remarks) {
    var json =
        new JsonWriter().beginObject().member("worst", worst.name()).key("remarks").beginArray();
    for (var remark : remarks) {
      json.beginObject()
          .member("level", remark.level().name())
          .member("about", remark.about())
          .member("text", remark.text())
          .member("advice", remark.advice())
          .endObject();
    }
    return json.endArray().endObject() + "\n";
  }
}
