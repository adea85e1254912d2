package io.happo.agent.exec;

/** The same zoo where the system is too old for {@link Spawner}. */
class ExecOnOlderSystemTest extends ExecTest {
  @Override
  Exec exec(ExecSettings settings) {
    return new Exec(settings, false);
  }
}
