package io.happo.hub.export;

import io.happo.hub.settings.Secrets;
import java.util.List;

/**
 * A receiver that tells nothing that is secret, whatever the other side answers.
 *
 * @param secrets that are not told
 */
record Discreet(Receiver receiver, List<String> secrets) implements Receiver {
  Discreet {
    secrets = List.copyOf(secrets);
  }

  @Override
  public Taken send(List<Point> points) throws NotTakenException, InterruptedException {
    try {
      var taken = receiver.send(points);
      return new Taken(taken.refused(), Secrets.hide(taken.why(), secrets));
    } catch (NotTakenException e) {
      var message = Secrets.hide(String.valueOf(e.getMessage()), secrets);
      throw e.isInParts()
          ? NotTakenException.inParts(message)
          : NotTakenException.later(message, e.after());
    }
  }

  @Override
  public void close() {
    receiver.close();
  }
}
