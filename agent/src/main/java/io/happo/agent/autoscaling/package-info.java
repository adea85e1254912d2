/**
 * Auto Scaling as the original has it: a bastion gives the instances of a group names that stay
 * ({@link io.happo.agent.autoscaling.AutoScaling}), and a node tells its bastion that it has come
 * and that it goes ({@link io.happo.agent.autoscaling.AutoScalingNode}). AWS is asked by a program
 * of its own ({@link io.happo.agent.autoscaling.CloudProgram}): what its libraries take never
 * counts towards the agent, and none of it is there unless a group is asked for.
 */
@NullMarked
package io.happo.agent.autoscaling;

import org.jspecify.annotations.NullMarked;
