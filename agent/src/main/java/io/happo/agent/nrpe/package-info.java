/**
 * The NRPE door: what the deployed check_nrpe asks, answered as the daemon of NRPE 4.1 would. Here
 * are its configuration (nrpe.cfg, or options and a file of commands) and the list of those who may
 * ask.
 */
@NullMarked
package io.happo.agent.nrpe;

import org.jspecify.annotations.NullMarked;
