package io.happo.net;

import io.netty.util.internal.logging.AbstractInternalLogger;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Netty's warnings and errors in our log; everything less is dropped. The log itself is only asked
 * for with the first warning, because that may load much.
 */
@SuppressWarnings("serial") // Never serialized; the superclass demands it.
final class NettyLog extends AbstractInternalLogger {
  /** Makes them. */
  static final class Factory extends InternalLoggerFactory {
    @Override
    protected InternalLogger newInstance(String name) {
      return new NettyLog(name);
    }
  }

  private NettyLog(String name) {
    super(name);
  }

  private void log(System.Logger.Level level, String message, @Nullable Throwable cause) {
    System.getLogger("io.happo.net").log(level, name() + ": " + message, cause);
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public boolean isDebugEnabled() {
    return false;
  }

  @Override
  public boolean isInfoEnabled() {
    return false;
  }

  @Override
  public boolean isWarnEnabled() {
    return true;
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }

  @Override
  public void trace(String message) {}

  @Override
  public void trace(String message, Object a) {}

  @Override
  public void trace(String message, Object a, Object b) {}

  @Override
  public void trace(String message, Object... values) {}

  @Override
  public void trace(String message, Throwable cause) {}

  @Override
  public void debug(String message) {}

  @Override
  public void debug(String message, Object a) {}

  @Override
  public void debug(String message, Object a, Object b) {}

  @Override
  public void debug(String message, Object... values) {}

  @Override
  public void debug(String message, Throwable cause) {}

  @Override
  public void info(String message) {}

  @Override
  public void info(String message, Object a) {}

  @Override
  public void info(String message, Object a, Object b) {}

  @Override
  public void info(String message, Object... values) {}

  @Override
  public void info(String message, Throwable cause) {}

  @Override
  public void warn(String message) {
    log(System.Logger.Level.WARNING, message, null);
  }

  @Override
  public void warn(String message, Object a) {
    warn(message, new Object[] {a});
  }

  @Override
  public void warn(String message, Object a, Object b) {
    warn(message, new Object[] {a, b});
  }

  @Override
  public void warn(String message, Object... values) {
    warn(message + " " + Arrays.toString(values));
  }

  @Override
  public void warn(String message, Throwable cause) {
    log(System.Logger.Level.WARNING, message, cause);
  }

  @Override
  public void error(String message) {
    log(System.Logger.Level.ERROR, message, null);
  }

  @Override
  public void error(String message, Object a) {
    error(message, new Object[] {a});
  }

  @Override
  public void error(String message, Object a, Object b) {
    error(message, new Object[] {a, b});
  }

  @Override
  public void error(String message, Object... values) {
    error(message + " " + Arrays.toString(values));
  }

  @Override
  public void error(String message, Throwable cause) {
    log(System.Logger.Level.ERROR, message, cause);
  }
}
