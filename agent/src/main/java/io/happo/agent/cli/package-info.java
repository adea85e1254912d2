/**
 * The command line. {@link io.happo.agent.cli.Programs} holds one table per program; the parser,
 * the environment, the help, the manual pages, the completion, the sample environment file and the
 * reference pages are all made from it. Beside it: the client subcommands and {@code check_happo}.
 */
@NullMarked
package io.happo.agent.cli;

import org.jspecify.annotations.NullMarked;
