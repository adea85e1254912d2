/**
 * The program {@code happo-aws}: one question to AWS a run, for the agent's Auto Scaling. A process
 * of its own, as AWS's libraries take more than the whole agent.
 */
@NullMarked
package io.happo.aws;

import org.jspecify.annotations.NullMarked;
