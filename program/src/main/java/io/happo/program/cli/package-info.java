/**
 * The command line of a program: one table of commands and options, from which the parser, help,
 * man pages, completion, the sample of an environment file and the reference page come.
 */
@NullMarked
package io.happo.program.cli;

import org.jspecify.annotations.NullMarked;
