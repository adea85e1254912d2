package io.happo.hub.web;

import io.happo.net.Headers;
import io.happo.net.Response;
import io.happo.net.Streamed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Tells open pages that something has changed, by server-sent events: at most once a second, and
 * now and then that nothing has, so that both sides notice when the other is gone. What has changed
 * a page sees when it asks for itself again.
 */
final class Live {
  private static final Duration LOOKS_EVERY = Duration.ofMillis(250);
  private static final Duration TELLS_EVERY = Duration.ofSeconds(1);
  private static final Duration LIVES_FOR = Duration.ofHours(1);
  private static final Duration ASKS_EVERY = Duration.ofSeconds(15);

  /** Each is a connection and a thread that mostly sleeps. */
  private static final int MOST_PAGES = 500;

  private static final byte[] STILL_HERE = bytes(": still here\n\n");

  private final LongSupplier changes;
  private final Semaphore room = new Semaphore(MOST_PAGES);

  /**
   * @param changes a number that is another one when anything that pages show is
   */
  Live(LongSupplier changes) {
    this.changes = changes;
  }

  /** A stream for one page, for as long as it is to have one. */
  Response open(BooleanSupplier mayStay) {
    if (!room.tryAcquire()) {
      return Response.text(503, "too many pages are open\n");
    }
    return Response.streamed(
            Headers.of(
                "Content-Type", "text/event-stream",
                "Cache-Control", "no-store",
                "X-Accel-Buffering", "no"),
            output -> write(output, mayStay))
        .whenDone(_ -> room.release());
  }

  private void write(Streamed.Output output, BooleanSupplier mayStay)
      throws IOException, InterruptedException {
    long last = changes.getAsLong();
    output.write(bytes("retry: 2000\n\n"));
    output.write(event(last)); // What has changed since the page was made, it learns at once.
    long asked = System.nanoTime();
    long end = asked + LIVES_FOR.toNanos();
    for (long at = asked; at < end; at = System.nanoTime()) {
      if (at - asked > ASKS_EVERY.toNanos()) {
        asked = at;
        if (!mayStay.getAsBoolean()) {
          return;
        }
        output.write(STILL_HERE);
      }
      Thread.sleep(LOOKS_EVERY);
      long now = changes.getAsLong();
      if (now != last) {
        last = now;
        output.write(event(now));
        Thread.sleep(TELLS_EVERY.minus(LOOKS_EVERY));
      }
    }
  }

  private static byte[] event(long number) {
    return bytes("event: changed\ndata: " + number + "\n\n");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
