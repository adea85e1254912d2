package io.happo.agent.cli;

import io.happo.program.cli.Program;

/**
 * The tables of all programs. They are built when asked for, each once, so that a program does not
 * pay for the table of another at its start.
 */
public final class Programs {
  private Programs() {}

  /** The daemon and its clients. */
  public static Program happoAgent() {
    return HappoAgentTable.PROGRAM;
  }

  /** The Nagios-side client. */
  public static Program checkHappo() {
    return CheckHappoTable.PROGRAM;
  }
}
