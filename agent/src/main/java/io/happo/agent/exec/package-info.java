/**
 * The one door to running anything: plugins, scripts, commands. Whoever wants a process asks {@link
 * io.happo.agent.exec.Exec}; limits (deadline, output, processes at once) and the certainty that
 * nothing is left behind are here and nowhere else.
 *
 * <p>What the Java that runs this must be given:
 *
 * <ul>
 *   <li>{@code --add-exports=java.base/sun.nio.ch=ALL-UNNAMED}: the number of a pipe's descriptor
 *       is asked of the JDK (see {@link io.happo.agent.exec.Streams}).
 *   <li>a UTF-8 locale in its own environment, {@code LC_ALL=C.UTF-8}: the JDK encodes arguments
 *       and environment of a child by the locale, and {@code -Dsun.jnu.encoding} is ignored.
 *       Without it a command that is not ASCII is refused, never garbled. The child's locale is
 *       what {@link io.happo.agent.exec.ExecSettings#environment} says.
 * </ul>
 */
@NullMarked
package io.happo.agent.exec;

import org.jspecify.annotations.NullMarked;
