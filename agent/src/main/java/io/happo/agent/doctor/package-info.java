/**
 * {@code happo-agent doctor}: looks for what may keep an agent on this machine from working,
 * without one that runs. Each examination takes what the daemon would be told, asks what the daemon
 * would use, and says what it found in {@link io.happo.agent.doctor.Remark}s; it changes nothing.
 */
@NullMarked
package io.happo.agent.doctor;

import org.jspecify.annotations.NullMarked;
