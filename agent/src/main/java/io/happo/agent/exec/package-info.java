/**
 * The one door to running anything: plugins, scripts, commands. Whoever wants a process asks {@link
 * io.happo.agent.exec.Exec}; limits (deadline, output, processes at once) and the certainty that
 * nothing is left behind are here and nowhere else.
 *
 * <p>Linux only. The Java that runs this must be given {@code --enable-native-access=ALL-UNNAMED},
 * and {@code libhappo_exec.so} in one of the folders of {@code -Djava.library.path}; on a system
 * too old for {@link io.happo.agent.exec.Spawner} also a UTF-8 locale in its own environment,
 * {@code LC_ALL=C.UTF-8}, since the JDK encodes arguments and environment of a child by it: without
 * one a command that is not ASCII is refused, never garbled. The child's locale is what {@link
 * io.happo.agent.exec.ExecSettings#environment} says.
 */
@NullMarked
package io.happo.agent.exec;

import org.jspecify.annotations.NullMarked;
