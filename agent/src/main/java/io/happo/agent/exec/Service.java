package io.happo.agent.exec;

/**
 * A program that runs on until it ends by itself or is ended; {@link Exec#start} starts it. Belongs
 * to the thread that started it, whose {@link java.util.concurrent.locks.LockSupport#park} ends
 * when it has ended.
 */
public final class Service {
  /**
   * Name of the variable by which it and all that it starts are found, whatever session they are in
   * and whoever is their parent.
   */
  public static final String MARK = "HAPPO_COLLECTOR";

  private final Child child;
  private final Session session;
  private final Sessions sessions;
  private final Runnable whenEnded;

  Service(Child child, Session session, Sessions sessions, Runnable whenEnded) {
    this.child = child;
    this.session = session;
    this.sessions = sessions;
    this.whenEnded = whenEnded;
  }

  public long pid() {
    return child.pid();
  }

  public boolean isAlive() {
    return child.isAlive();
  }

  /** How it ended by itself, for people. */
  public String ending() {
    return child.signal() == 0
        ? "exit status " + child.status()
        : "signal " + child.signal() + (child.isDumped() ? " (core dumped)" : "");
  }

  /** Whether it ended by itself and said that all was well. */
  public boolean isSuccess() {
    return child.status() == 0;
  }

  /**
   * Ends all that is left of it, TERM first, then KILL; when this returns nothing is left, or it is
   * logged. All that it wrote has been heard then.
   *
   * @return whether others than the program itself were still there
   */
  public boolean end() {
    boolean wasAlive = isAlive();
    boolean interrupted = false;
    session.whenGone(child::wake);
    session.cutShort();
    sessions.end(session);
    while (!session.isGone()) {
      child.await(System.nanoTime() + Ending.KILL_NANOS);
      interrupted |= Thread.interrupted();
    }
    child.readRest(System.nanoTime() + Ending.KILL_NANOS);
    child.close();
    whenEnded.run();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !wasAlive && session.wasAsked();
  }
}
