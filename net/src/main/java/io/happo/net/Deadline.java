package io.happo.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one time that a connection waits for. On its event loop only. */
final class Deadline {
  private @Nullable ScheduledFuture<?> running;

  /** Begins anew: what is to be done when that time has passed. */
  void start(ChannelHandlerContext ctx, Duration time, Runnable end) {
    stop();
    running = ctx.executor().schedule(end, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  void stop() {
    if (running != null) {
      running.cancel(false);
      running = null;
    }
  }
}
