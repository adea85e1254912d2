/**
 * The one place where state changes. {@link io.happo.hub.intake.Intake} gathers what agents deliver
 * and has it written by one thread, many batches in one transaction; what is acknowledged is on the
 * disk, once.
 */
@NullMarked
package io.happo.hub.intake;

import org.jspecify.annotations.NullMarked;
